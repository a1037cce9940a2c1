import { html } from 'hono/html';
import type { Alert } from '../core/alert.ts';
import { formatDuration } from '../core/duration.ts';
import type { Labels } from '../core/labels.ts';
import { noAlert } from './alerts.ts';
import { openCovers } from './covers.ts';
import { labelText, number } from './format.ts';
import { ago, type Html, outward, page, targetLink } from './layout.ts';
import { type Site, shownExplanation, type WebContext } from './site.ts';
import type { ExplainedTest, Explanation } from './view.ts';

/** More instances than these nobody reads on a page. */
const MOST_READINGS = 100;

/** The page of one active alert: what was compared with what, and why it is in its state. */
export async function alertPage(context: WebContext, site: Site): Promise<Response> {
  const fingerprint = context.req.param('fingerprint') ?? '';
  const explanation = shownExplanation(site, fingerprint);
  if (explanation === undefined) return noAlert(fingerprint);
  const { alert, tests } = explanation;
  const nowMs = site.clock.now().wallMs;
  const { service, version } = site.view.about();
  const name = alert.labels['alertname'] ?? 'alert';
  const main = html`<h1>${name} <span class="badge ${alert.state}">${alert.state}</span> <span class="severity ${alert.severity}">${alert.severity}</span></h1>
${alert.annotations['summary'] === undefined ? '' : html`<p class="message">${alert.annotations['summary']}</p>`}
${facts(explanation, nowMs)}
${because([...explanation.because, ...quiet(explanation, site)])}
${tests.length === 0 ? '' : seen(tests)}
${pairs('Labels', '', alert.labels)}
${pairs('Annotations', 'evidence', alert.annotations)}
<p><a href="../api/v1/alerts/${encodeURIComponent(alert.fingerprint)}">As JSON</a></p>`;
  const title = alert.target === '' ? name : `${name} on ${alert.target}`;
  return page({ title, root: '../', service, version, nowMs, main });
}

/** What covers it, where no sentence of the explanation says so. */
const quiet = ({ alert, because: said }: Explanation, site: Site): readonly string[] =>
  said.length > 0 ? [] : openCovers(site)(alert).map((cover) => `${cover} keeps it quiet`);

function facts({ alert, condition, forMs, keepFiringForMs }: Explanation, nowMs: number): Html {
  const rows: readonly (readonly [string, Html | string | undefined])[] = [
    ['Target', alert.target === '' ? undefined : targetLink(alert.target, '../')],
    ['Since', ago(alert.startsAtMs, nowMs)],
    ['Condition', condition === '' ? undefined : html`<code>${condition}</code>`],
    ['For', forMs > 0 ? formatDuration(forMs) : undefined],
    ['Keeps firing for', keepFiringForMs > 0 ? formatDuration(keepFiringForMs) : undefined],
    ['Said by', source(alert)],
    ['Runbook', outward(alert.annotations['runbook_url'] ?? alert.annotations['runbook'])],
    ['Dashboard', outward(alert.annotations['dashboard_url'])],
    ['Fingerprint', alert.fingerprint],
  ];
  const known = rows.filter(([, value]) => value !== undefined);
  return html`<dl>${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** Who says an alert that Outrider did not judge itself. */
const source = ({ origin, generatorUrl }: Alert): Html | string | undefined =>
  origin === 'own' ? undefined : (outward(generatorUrl) ?? 'another client of Alertmanager’s API');

const because = (sentences: readonly string[]): Html =>
  sentences.length === 0
    ? html``
    : html`<section><h2>Why it is so</h2><ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul></section>`;

const seen = (
  tests: readonly ExplainedTest[],
): Html => html`<section><h2>What was seen last</h2><div class="scroll"><table>
<thead><tr><th scope="col">Test</th><th scope="col">Of</th><th scope="col" class="number">Value</th><th scope="col" class="number">Threshold</th><th scope="col">Holds</th></tr></thead>
<tbody>${tests.map(testRows)}
</tbody></table></div></section>`;

function testRows({ text, readings, window }: ExplainedTest): Html {
  const results =
    window === undefined
      ? ''
      : html` <span class="type">${window.results} results in ${formatDuration(window.overMs)}, needs ${window.needed}</span>`;
  const test = html`<th scope="row"><code>${text}</code>${results}</th>`;
  if (readings.length === 0)
    return html`
<tr>${test}<td></td><td class="number">–</td><td class="number">–</td><td>no value</td></tr>`;
  return html`${readings.slice(0, MOST_READINGS).map(
    (reading) => html`
<tr>${test}<td>${labelText(reading.labels)}</td><td class="number">${
      reading.valueText ?? number(reading.value)
    }</td><td class="number">${reading.thresholdText ?? number(reading.threshold)}</td><td>${reading.holds ? 'yes' : 'no'}</td></tr>`,
  )}`;
}

function pairs(title: string, look: '' | 'evidence', all: Labels): Html {
  const entries = Object.entries(all);
  if (entries.length === 0) return html``;
  return html`<section><h2>${title}</h2><dl class="${look}">${entries.map(
    ([name, text]) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`,
  )}</dl></section>`;
}
