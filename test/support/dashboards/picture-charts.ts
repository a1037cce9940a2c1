import type { Panel, ThresholdsConfig } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Series, Span } from './asked.ts';
import type { Answered } from './picture.ts';
import { colorOf, escaped, mappedBy, named, PALETTE, stepColor, written } from './picture-format.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

const each = (answered: readonly Answered[]) =>
  answered.flatMap(({ asked, refId, series }) =>
    series.map((one) => ({ name: named(asked.legend, one.labels), refId, one })),
  );
const last = ({ values }: Series): number => values.at(-1)?.[1] ?? Number.NaN;

export function stats(panel: Panel, answered: readonly Answered[]): string {
  const { unit, mappings, noValue } = panel.fieldConfig?.defaults ?? {};
  const all = each(answered);
  if (all.length === 0) return `<div class="none">${escaped(noValue ?? 'No data')}</div>`;
  const isQuiet = (panel.options as { colorMode?: string }).colorMode === 'value';
  const own = ownSteps(panel);
  const tiles = all.map(({ name, refId, one }) => {
    const value = last(one);
    const mapped = mappedBy(mappings, value);
    const color = mapped === undefined ? stepColor(own.get(refId) ?? panel, value) : colorOf(mapped.color);
    const label = all.length > 1 ? `<span>${escaped(name)}</span>` : '';
    const style = isQuiet ? `color:${color}` : `background:${color}`;
    return `<div style="${style}">${label}<big>${escaped(mapped?.text ?? written(value, unit))}</big></div>`;
  });
  return `<div class="stat">${tiles.join('')}</div>`;
}

export function bars(panel: Panel, answered: readonly Answered[], { width }: Size): string {
  const { unit, max } = panel.fieldConfig?.defaults ?? {};
  const all = each(answered);
  const most = max ?? Math.max(...all.map(({ one }) => last(one)), 1e-9);
  return all
    .map(({ name, one }) => {
      const value = last(one);
      const length = Math.max(2, (width - 300) * Math.max(0, Math.min(1, value / most)));
      const bar = `<span style="display:inline-block;height:14px;width:${length}px;background:${stepColor(panel, value)}"></span>`;
      return `<div style="padding:4px 0;white-space:nowrap"><span style="display:inline-block;width:190px;overflow:hidden">${escaped(name)}</span> ${bar} ${escaped(written(value, unit))}</div>`;
    })
    .join('');
}

export function timeline(panel: Panel, answered: readonly Answered[], span: Span, { width, height }: Size): string {
  const all = each(answered);
  const row = Math.min(34, (height - 16) / Math.max(1, all.length));
  const x = (seconds: number): number => 110 + ((seconds - span.from) / (span.to - span.from)) * (width - 110);
  const lines = all.map(({ name, one }, index) => {
    const y = index * row;
    const pieces = one.values.map(([seconds, value]) => {
      const color = colorOf(mappedBy(panel.fieldConfig?.defaults.mappings, value)?.color ?? 'gray');
      return `<rect x="${x(seconds)}" y="${y + row * 0.1}" width="${x(seconds + span.step) - x(seconds) + 0.5}" height="${row * 0.8}" fill="${color}" fill-opacity=".75"/>`;
    });
    const text = mappedBy(panel.fieldConfig?.defaults.mappings, last(one))?.text ?? '';
    return `<text x="104" y="${y + row / 2 + 4}" text-anchor="end" fill="#ccccdc">${escaped(name)}</text>${pieces.join('')}<text x="${width - 6}" y="${y + row / 2 + 4}" text-anchor="end" fill="#fff">${escaped(text)}</text>`;
  });
  return `<svg width="${width}" height="${height}" font-size="12">${lines.join('')}</svg>`;
}

export function curves(panel: Panel, answered: readonly Answered[], span: Span, { width, height }: Size): string {
  const { unit, thresholds, min, max } = panel.fieldConfig?.defaults ?? {};
  const custom = panel.fieldConfig?.defaults.custom as
    | { stacking?: { mode?: string }; axisSoftMax?: number }
    | undefined;
  const isStacked = custom?.stacking?.mode === 'normal';
  const steps = (thresholds?.steps ?? []).flatMap(({ value, color }) => (value === null ? [] : [{ value, color }]));
  const own = ownColors(panel);
  const below = new Map<number, number>();
  const all = each(answered).map((item) => {
    const points = item.one.values.filter(([, value]) => Number.isFinite(value));
    if (!isStacked || own.get(item.refId)?.isDashed === true) return { ...item, points };
    return {
      ...item,
      points: points.map(([seconds, value]) => {
        const sum = (below.get(seconds) ?? 0) + value;
        below.set(seconds, sum);
        return [seconds, sum] as const;
      }),
    };
  });
  const values = all.flatMap(({ points }) => points.map(([, value]) => value));
  const least = min ?? Math.min(...values, 0);
  const most = (max ?? Math.max(...values, custom?.axisSoftMax ?? 0)) || 1;
  const x = (seconds: number): number => 64 + ((seconds - span.from) / (span.to - span.from)) * (width - 70);
  const y = (value: number): number => height - 6 - ((value - least) / (most - least || 1)) * (height - 14);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const value = least + (most - least) * share;
    return `<line x1="64" x2="${width}" y1="${y(value)}" y2="${y(value)}" stroke="#24262c"/><text x="58" y="${y(value) + 4}" text-anchor="end" fill="#9d9da8">${escaped(written(value, unit))}</text>`;
  });
  const lines = all.map(({ points, refId }, index) => {
    const color = own.get(refId)?.color ?? PALETTE[index % PALETTE.length];
    const dash = own.get(refId)?.isDashed === true ? ' stroke-dasharray="8 6"' : '';
    return `<polyline points="${points.map(([seconds, value]) => `${x(seconds).toFixed(1)},${y(value).toFixed(1)}`).join(' ')}" fill="none" stroke="${color}" stroke-width="1.6"${dash}/>`;
  });
  const limits = steps
    .filter(({ value }) => value >= least && value <= most * 1.02)
    .map(
      ({ value, color }) =>
        `<line x1="64" x2="${width}" y1="${y(value)}" y2="${y(value)}" stroke="${colorOf(color)}" stroke-width="1.5" stroke-dasharray="10 8"/>`,
    );
  const legend = all.map(
    ({ name, refId }, index) =>
      `<i style="background:${own.get(refId)?.color ?? PALETTE[index % PALETTE.length]}"></i>${escaped(name)}`,
  );
  return `<svg width="${width}" height="${height}" font-size="11">${[...grid, ...lines, ...limits].join('')}</svg><div class="legend">${legend.join('')}</div>`;
}

interface OverrideJson {
  readonly matcher: { readonly options?: unknown };
  readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
}

const propertiesByQuery = ({ fieldConfig }: Panel) =>
  ((fieldConfig?.overrides ?? []) as readonly OverrideJson[]).map(({ matcher, properties }) => ({
    refId: String(matcher.options),
    property: (id: string) => properties.find((one) => one.id === id)?.value,
  }));

/** Queries with a colour of their own, and whether they are thresholds. */
const ownColors = (panel: Panel): ReadonlyMap<string, { readonly color: string; readonly isDashed: boolean }> =>
  new Map(
    propertiesByQuery(panel).flatMap(({ refId, property }) => {
      const { fixedColor } = (property('color') ?? {}) as { fixedColor?: string };
      if (fixedColor === undefined) return [];
      return [[refId, { color: colorOf(fixedColor), isDashed: property('custom.lineStyle') !== undefined }] as const];
    }),
  );

/** Queries with thresholds of their own. */
const ownSteps = (panel: Panel): ReadonlyMap<string, Pick<Panel, 'fieldConfig'>> =>
  new Map(
    propertiesByQuery(panel).flatMap(({ refId, property }) => {
      const thresholds = property('thresholds') as ThresholdsConfig | undefined;
      return thresholds === undefined
        ? []
        : [[refId, { fieldConfig: { defaults: { thresholds }, overrides: [] } }] as const];
    }),
  );
