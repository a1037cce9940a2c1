import { html } from 'hono/html';
import type { Alert, AlertState } from '../core/alert.ts';
import { rankOf } from '../core/severity.ts';
import { openCovers } from './covers.ts';
import { took } from './format.ts';
import { ago, alertTable, badge, type Html, page } from './layout.ts';
import { isDegraded } from './represent.ts';
import { compareText, type Site, shownAlerts, shownTargets, type WebContext } from './site.ts';
import { type ReceiverView, TARGET_STATUSES, type TargetView } from './view.ts';

/** More rows than this help nobody and cost the probes' time. */
const MOST_ROWS = 500;

/** What somebody has to look at comes first; within a state the gravest, then the newest. */
const BY_URGENCY: readonly AlertState[] = ['firing', 'pending', 'suppressed', 'silenced'];

/** The page at `/`: what is wrong first, then everything. */
export function overview(_context: WebContext, site: Site): Promise<Response> {
  const nowMs = site.clock.now().wallMs;
  const targets = shownTargets(site).toSorted((a, b) => gravity(a) - gravity(b) || compareText(a.name, b.name));
  const alerts = shownAlerts(site).toSorted(
    (a, b) => urgency(a) - urgency(b) || rankOf(a.severity) - rankOf(b.severity),
  );
  const { service, version } = site.view.about();
  const main = html`<h1>${headline(targets)}</h1>
<ul class="counts">${counts(targets).map(([word, count]) => html`<li class="${word}"><b>${count}</b> ${word}</li>`)}</ul>
${alerts.length === 0 ? '' : alertSection(alerts, site, nowMs)}
<section><h2>Targets</h2>${targets.length === 0 ? html`<p>The config names no targets.</p>` : targetTable(targets, nowMs)}</section>
${receiverSection(site, nowMs)}`;
  return page({ title: service, root: '', service, version, nowMs, main });
}

const urgency = ({ state }: Alert): number => BY_URGENCY.indexOf(state);
const gravity = (target: TargetView): number => TARGET_STATUSES.indexOf(target.status) - (isDegraded(target) ? 0.5 : 0);

function counts(targets: readonly TargetView[]): readonly (readonly [string, number])[] {
  const degraded = targets.filter(isDegraded).length;
  const byStatus = TARGET_STATUSES.map(
    (status) => [status, targets.filter((target) => target.status === status).length] as const,
  );
  return [...byStatus, ['degraded', degraded] as const].filter(([, count]) => count > 0);
}

function headline(targets: readonly TargetView[]): string {
  const down = targets.filter(({ status }) => status === 'down').length;
  const unknown = targets.filter(({ status }) => status === 'unknown').length;
  if (down > 0) return `${down} of ${targets.length} targets ${down === 1 ? 'is' : 'are'} down`;
  if (unknown > 0) return `${unknown} of ${targets.length} targets ${unknown === 1 ? 'is' : 'are'} not known yet`;
  if (targets.some(isDegraded)) return 'Up, but degraded';
  return targets.length === 0 ? 'Nothing to watch' : 'Everything is up';
}

const alertSection = (alerts: readonly Alert[], site: Site, nowMs: number): Html => html`<section><h2>Active alerts</h2>
${alertTable(alerts.slice(0, MOST_ROWS), { nowMs, active: alerts, covers: openCovers(site), names: true, root: '' })}
${more(alerts.length, 'api/v1/alerts')}</section>`;

function targetTable(targets: readonly TargetView[], nowMs: number): Html {
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">Target</th><th scope="col">State</th><th scope="col">Why</th><th scope="col">Since</th><th scope="col">Last probe</th><th scope="col" class="number">Took</th></tr></thead>
<tbody>${targets.slice(0, MOST_ROWS).map((target) => targetRow(target, nowMs))}
</tbody></table></div>${more(targets.length, 'api/v1/targets')}`;
}

/** Who cannot be told comes first. */
function receiverSection({ view, showsDetails }: Site, nowMs: number): Html {
  const receivers = view.receivers().toSorted((a, b) => Number(b.status === 'down') - Number(a.status === 'down'));
  if (receivers.length === 0) return html``;
  const row = ({ name, status, waiting, message, sinceMs }: ReceiverView) => html`
<tr><th scope="row">${name}</th><td><span class="badge ${status}">${WORDS[status]}</span></td><td class="why">${
    showsDetails() ? message : ''
  }</td><td>${ago(sinceMs, nowMs)}</td><td class="number">${waiting}</td></tr>`;
  return html`<section><h2>Receivers</h2><div class="scroll"><table>
<thead><tr><th scope="col">Receiver</th><th scope="col">State</th><th scope="col">Why</th><th scope="col">Since</th><th scope="col" class="number">Waiting</th></tr></thead>
<tbody>${receivers.slice(0, MOST_ROWS).map(row)}
</tbody></table></div></section>`;
}

const WORDS: Readonly<Record<ReceiverView['status'], string>> = {
  up: 'takes what it is told',
  down: 'cannot be told',
  untold: 'not told anything yet',
};

const targetRow = (target: TargetView, nowMs: number): Html => html`
<tr><th scope="row"><a href="targets/${encodeURIComponent(target.name)}">${target.name}</a> <span class="type">${target.type}</span></th><td>${badge(
  target,
)}</td><td class="why">${why(target)}</td><td>${ago(target.sinceMs, nowMs)}</td><td>${ago(
  target.lastProbeMs,
  nowMs,
)}</td><td class="number">${target.durationMs === undefined ? '–' : took(target.durationMs)}</td></tr>`;

/** What a person asks first of a target that is not well. */
function why(target: TargetView): string {
  if (target.message !== undefined) return target.message;
  if (target.reason !== undefined) return target.reason;
  return isDegraded(target) ? target.alerts.map(({ labels }) => labels['alertname'] ?? '').join(', ') : '';
}

const more = (total: number, reference: string): Html =>
  total <= MOST_ROWS ? html`` : html`<p>${total - MOST_ROWS} more are in the <a href="${reference}">API</a>.</p>`;
