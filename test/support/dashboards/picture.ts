import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { type Asked, panelsOf, queriesOf, type Series, type Span } from './asked.ts';
import { bars, curves, stats, timeline } from './picture-charts.ts';
import { escaped } from './picture-format.ts';
import { tableOf } from './picture-table.ts';

/** A query with what came back. */
export interface Answered {
  readonly asked: Asked;
  readonly refId: string;
  readonly series: readonly Series[];
}

/** As wide as a screen of 1920 less Grafana's menu; a unit of height is 38 px there. */
const CELL = { width: 77.5, height: 38 };

const STYLE = `body{margin:0;background:#111217;color:#ccccdc;font:12px Inter,Helvetica,Arial,sans-serif;width:1900px}
h1{font-size:16px;margin:0;padding:12px 16px;height:20px}
.vars{padding:4px 16px 12px;color:#9d9da8}.vars b{background:#181b1f;border:1px solid #2d2f36;padding:4px 10px;margin:0 12px 0 4px;font-weight:400;color:#ccccdc}
.board{position:relative}.panel{position:absolute;box-sizing:border-box;background:#181b1f;border:1px solid #24262c;border-radius:3px;padding:6px 8px;overflow:hidden}
.panel h2{font-size:13px;font-weight:500;margin:0 0 4px}.row{position:absolute;font-size:14px;font-weight:500;padding:8px}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:4px 8px;border-bottom:1px solid #24262c;font-weight:400}th{color:#6e9fff}
.stat{display:flex;gap:4px;height:calc(100% - 20px)}.stat div{flex:1;border-radius:2px;display:flex;flex-direction:column;align-items:center;justify-content:center;color:#fff}
.stat big{font-size:30px;font-weight:600}.none{color:#6c6c78;text-align:center;padding-top:20px}.legend{font-size:11px;line-height:14px;height:28px;overflow:hidden}.legend i{display:inline-block;width:12px;height:3px;margin:0 4px 3px 10px}`;

/** A page that shows how a dashboard is laid out, with what its queries answered; a stand-in for Grafana, to judge by eye. */
export async function pictureOf(
  dashboard: Dashboard,
  span: Span,
  answer: (asked: Asked) => Promise<readonly Series[]>,
): Promise<string> {
  const panels: string[] = [];
  for (const panel of panelsOf(dashboard)) {
    const answered: Answered[] = [];
    for (const [index, asked] of queriesOf(dashboard, panel, span).entries())
      answered.push({ asked, refId: String.fromCharCode(65 + index), series: await answer(asked) });
    panels.push(box(panel, contentOf(panel, answered, span)));
  }
  const rows = (dashboard.panels ?? []).filter(({ type }) => type === 'row');
  for (const row of rows) panels.push(at(row.gridPos, `<div class="row"`, `▾ ${escaped(row.title ?? '')}</div>`));
  const variables = (dashboard.templating?.list ?? []).filter(({ hide }) => hide !== 2);
  const shown = variables.map(({ label, name }) => `${escaped(label ?? name)} <b>All</b>`).join('');
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><h1>${escaped(dashboard.title ?? '')}</h1><div class="vars">${shown}</div><div class="board">${panels.join('\n')}</div>`;
}

function at(place: Panel['gridPos'], open: string, rest: string): string {
  const { x = 0, y = 0, w = 24, h = 1 } = place ?? {};
  const px = (value: number): string => `${Math.round(value)}px`;
  const style = `left:${px(8 + x * CELL.width)};top:${px(y * CELL.height)};width:${px(w * CELL.width - 8)};height:${px(h * CELL.height - 8)}`;
  return `${open} style="${style}">${rest}`;
}

const box = (panel: Panel, content: string): string =>
  at(panel.gridPos, '<div class="panel"', `<h2>${escaped(panel.title ?? '')}</h2>${content}</div>`);

function contentOf(panel: Panel, answered: readonly Answered[], span: Span): string {
  if (panel.type === 'text')
    return `<pre style="white-space:pre-wrap;font:inherit">${escaped(String((panel.options as { content?: string }).content ?? ''))}</pre>`;
  if (panel.type === 'stat') return stats(panel, answered);
  if (panel.type === 'table') return tableOf(panel, answered);
  const width = (panel.gridPos?.w ?? 12) * CELL.width - 26;
  const height = (panel.gridPos?.h ?? 8) * CELL.height - 44;
  if (answered.every(({ series }) => series.length === 0))
    return `<div class="none">${escaped(panel.fieldConfig?.defaults.noValue ?? 'No data')}</div>`;
  if (panel.type === 'bargauge') return bars(panel, answered, { width, height });
  return panel.type === 'state-timeline'
    ? timeline(panel, answered, span, { width, height })
    : curves(panel, answered, span, { width, height: height - 30 });
}
