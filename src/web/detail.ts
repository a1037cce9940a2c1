import { html } from 'hono/html';
import type { Summary } from '../core/history.ts';
import { openCovers } from './covers.ts';
import { labelText, measured, share, took } from './format.ts';
import { ago, alertTable, badge, type Html, outward, page, targetLink } from './layout.ts';
import { problem } from './problem.ts';
import { type Site, shownTarget, type WebContext } from './site.ts';
import type { MeasureView, TargetView } from './view.ts';

/** The page of one target: its state and why, its alerts, what was measured and seen last. */
export async function detail(context: WebContext, site: Site): Promise<Response> {
  const name = context.req.param('name') ?? '';
  const target = shownTarget(site, name);
  if (target === undefined) return problem(404, { detail: `there is no target named "${name}"` });
  const nowMs = site.clock.now().wallMs;
  const { service, version } = site.view.about();
  const main = html`<h1>${target.name} ${badge(target)}</h1>
${target.description === undefined ? '' : html`<p>${target.description}</p>`}
${target.message === undefined ? '' : html`<p class="message">${target.message}</p>`}
${facts(target, (await site.view.summaries([name])).get(name), nowMs)}
${target.alerts.length === 0 ? '' : alerts(target, site, nowMs)}
${target.measures.length === 0 ? '' : measures(target.measures)}
${evidence(target.evidence ?? {})}
<p><a href="../api/v1/targets/${encodeURIComponent(target.name)}">As JSON</a> · <a href="../metrics?target=${encodeURIComponent(target.name)}">Its metrics</a></p>`;
  return page({ title: target.name, root: '../', service, version, nowMs, main });
}

const alerts = ({ alerts: own }: TargetView, site: Site, nowMs: number): Html =>
  html`<section><h2>Active alerts</h2>${alertTable(own, {
    nowMs,
    active: site.view.alerts(),
    covers: openCovers(site),
    names: false,
    root: '../',
  })}</section>`;

function facts(target: TargetView, summary: Summary | undefined, nowMs: number): Html {
  const rows: readonly (readonly [string, Html | string | undefined])[] = [
    ['Type', target.type],
    ['Reason', target.reason],
    ['Since', ago(target.sinceMs, nowMs)],
    ['Last probe', ago(target.lastProbeMs, nowMs)],
    ['Took', target.durationMs === undefined ? undefined : took(target.durationMs)],
    ['Uptime', uptimes(summary)],
    ['Group', target.group],
    ['Critical', target.critical === undefined ? undefined : target.critical ? 'yes' : 'no'],
    ['Depends on', target.dependsOn?.length ? linked(target.dependsOn) : undefined],
    ['Runbook', outward(target.runbook)],
    ['Dashboard', outward(target.dashboard)],
  ];
  const known = rows.filter(([, value]) => value !== undefined);
  return html`<dl>${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** `24h 99.98 %, 7d 100 %`; 100 % only where nothing failed. */
function uptimes(summary: Summary = {}): string | undefined {
  const spans = Object.entries(summary).map(([span, { count, down }]) => `${span} ${share(count, count + down)}`);
  return spans.length === 0 ? undefined : spans.join(', ');
}

const linked = (names: readonly string[]): Html => html`${names.map((name) => html`${targetLink(name, '../')} `)}`;

function measures(all: readonly MeasureView[]): Html {
  return html`<section><h2>Measures</h2><div class="scroll"><table>
<thead><tr><th scope="col">Measure</th><th scope="col">Of</th><th scope="col" class="number">Value</th></tr></thead>
<tbody>${all.map(
    (measure) => html`
<tr><th scope="row">${measure.name}</th><td>${labelText(measure.labels)}</td><td class="number">${measured(measure)}</td></tr>`,
  )}
</tbody></table></div></section>`;
}

function evidence(facts: Readonly<Record<string, string>>): Html {
  const entries = Object.entries(facts);
  if (entries.length === 0) return html``;
  return html`<section><h2>Evidence</h2><dl class="evidence">${entries.map(
    ([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`,
  )}</dl></section>`;
}
