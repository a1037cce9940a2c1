import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { Alert } from '../core/alert.ts';
import { toRfc3339 } from '../core/clock.ts';
import type { Covers } from './covers.ts';
import { roughly } from './format.ts';
import { isDegraded } from './represent.ts';
import { STYLE_VERSION } from './style.ts';
import type { TargetView } from './view.ts';

/** A piece of HTML in which every value has been escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** What every page is told; `root` leads from it to `/`: `` or `../`. */
export interface Frame {
  readonly title: string;
  readonly root: '' | '../';
  readonly service: string;
  readonly version: string;
  readonly nowMs: number;
  readonly main: Html;
}

const REFRESH_SECONDS = 10;

/** A whole page. References are relative, so that it works behind a path prefix. */
export async function page({ title, root, service, version, nowMs, main }: Frame): Promise<Response> {
  const text = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<title>${title} · Outrider</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}style.css?v=${STYLE_VERSION}">
</head>
<body>
<header>
<a class="brand" href="${root === '' ? './' : root}">Outrider <span>${service}</span></a>
<nav><a href="${root}metrics">Metrics</a> <a href="${root}api/v1/targets">Targets API</a> <a href="${root}api/v1/alerts">Alerts API</a> <a href="${root}-/ready">Readiness</a></nav>
</header>
<main>
${main}
</main>
<footer>Outrider ${version} · as of <time datetime="${toRfc3339(nowMs)}">${toRfc3339(nowMs).replace('T', ' ').slice(0, 19)} UTC</time> · refreshes every ${REFRESH_SECONDS} s</footer>
</body>
</html>
`;
  return new Response(text.toString(), { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
}

/** A target's state as a word with its colour. */
export function badge(target: TargetView): Html {
  const degraded = isDegraded(target);
  return html`<span class="badge ${degraded ? 'degraded' : target.status}">${degraded ? 'up, degraded' : target.status}</span>`;
}

/** How long ago a moment (Unix epoch ms) was, with the moment itself on hover. */
export function ago(ms: number | undefined, nowMs: number): Html {
  if (ms === undefined) return html`<span class="none">–</span>`;
  return html`<time datetime="${toRfc3339(ms)}" title="${toRfc3339(ms)}">${roughly(nowMs - ms)} ago</time>`;
}

/** How an alert table is drawn. */
export interface AlertTable {
  readonly nowMs: number;
  /** Everything that is active, to name the targets that explain a suppressed alert. */
  readonly active: readonly Alert[];
  readonly covers: Covers;
  /** Whether each row names its target. */
  readonly names: boolean;
  /** What leads from this page to `/`. */
  readonly root: Frame['root'];
}

/** A link to a target's page. */
export const targetLink = (name: string, root: Frame['root']): Html =>
  html`<a href="${root}targets/${encodeURIComponent(name)}">${name}</a>`;

/** A link out of the config: only to the web, for other schemes may run code. */
export function outward(reference: string | undefined): Html | string | undefined {
  if (reference === undefined) return undefined;
  const scheme = URL.parse(reference)?.protocol;
  return scheme === 'https:' || scheme === 'http:'
    ? html`<a href="${reference}" rel="noreferrer">${reference}</a>`
    : reference;
}

/** Alerts as a table. */
export function alertTable(rows: readonly Alert[], table: AlertTable): Html {
  const { nowMs, names, root } = table;
  const suppressed = rows.some(({ suppressedBy }) => suppressedBy.length > 0);
  const byFingerprint = new Map(suppressed ? table.active.map((alert) => [alert.fingerprint, alert]) : []);
  const row = (alert: Alert) => {
    const link = html`<a href="${root}alerts/${encodeURIComponent(alert.fingerprint)}">${titleOf(alert)}</a>`;
    const causes = alert.suppressedBy.flatMap((fingerprint) => byFingerprint.get(fingerprint) ?? []);
    return html`
<tr><th scope="row"><span class="severity ${alert.severity}">${alert.severity}</span> ${link}</th>
${names ? html`<td>${alert.target === '' ? '' : targetLink(alert.target, root)}</td>` : ''}<td class="state"><span class="badge ${alert.state}">${alert.state}</span>${causes.map(
      (cause) => html` by ${cause.target === '' ? titleOf(cause) : targetLink(cause.target, root)}`,
    )}${table.covers(alert).map((cover) => html` <span class="cover">${cover}</span>`)}</td><td>${ago(
      alert.startsAtMs,
      nowMs,
    )}</td><td class="why">${alert.annotations['summary']}</td></tr>`;
  };
  return html`<div class="scroll"><table>
<thead><tr><th scope="col">Alert</th>${names ? html`<th scope="col">Target</th>` : ''}<th scope="col">State</th><th scope="col">Since</th><th scope="col">Summary</th></tr></thead>
<tbody>${rows.map(row)}
</tbody></table></div>`;
}

const titleOf = ({ labels, fingerprint }: Alert): string => labels['alertname'] ?? fingerprint;
