import { setTimeout as sleep } from 'node:timers/promises';
import type { Controls } from './controls.ts';
import type { Fault } from './fault.ts';
import type { Screen } from './screen.ts';
import type { Snapshot } from './snapshot.ts';
import { isCalm } from './story.ts';
import type { Watch } from './watch.ts';

const ALERT_WITHIN_MS = 30_000;
const BROKEN_FOR_MS = 15_000;
const CALM_WITHIN_MS = 90_000;

/** Breaks one thing, waits for its alert, heals it, waits for the end; true if the story went as it should. */
export async function runDrill(
  fault: Fault,
  controls: Controls,
  watch: Watch,
  screen: Screen,
  signal: AbortSignal,
): Promise<boolean> {
  const seen: Seen = { delivered: new Set(), symptoms: new Set(), alertedAfterMs: undefined, endedAfterMs: undefined };
  using _collecting = watch.each((snapshot) => collect(seen, snapshot));
  const broken = performance.now();
  await controls.break(fault.name);
  if (await watch.until((snapshot) => hasAlert(snapshot, fault), ALERT_WITHIN_MS)) {
    seen.alertedAfterMs = performance.now() - broken;
    await sleep(BROKEN_FOR_MS, undefined, { signal }).catch(() => undefined);
  }
  if (signal.aborted) return false;
  const healed = performance.now();
  await controls.heal(fault.name);
  if (await watch.until(isCalm, CALM_WITHIN_MS)) seen.endedAfterMs = performance.now() - healed;
  if (signal.aborted) return false;
  return tell(fault, seen, screen);
}

interface Seen {
  readonly delivered: Set<string>;
  readonly symptoms: Set<string>;
  alertedAfterMs: number | undefined;
  endedAfterMs: number | undefined;
}

function collect({ delivered, symptoms }: Seen, snapshot: Snapshot): void {
  for (const name of snapshot.delivered ?? []) delivered.add(name);
  for (const { state, target } of snapshot.alerts) if (state === 'suppressed') symptoms.add(target);
}

function tell(fault: Fault, { delivered, symptoms, alertedAfterMs, endedAfterMs }: Seen, screen: Screen): boolean {
  const names = [...delivered].join(', ');
  if (alertedAfterMs !== undefined && endedAfterMs !== undefined && delivered.size <= 1) {
    screen.line();
    screen.line(
      `${screen.style('bold', 'The story:')} ${fault.what}; one alert, ${names || fault.root}, ${seconds(alertedAfterMs)} later; ` +
        `${symptomText([...symptoms])}; its end ${seconds(endedAfterMs)} after the repair began.`,
    );
    return true;
  }
  const problems = [
    ...(alertedAfterMs === undefined ? [`no alert for ${fault.root} within ${ALERT_WITHIN_MS / 1_000} s`] : []),
    ...(endedAfterMs === undefined ? [`not everything was well again within ${CALM_WITHIN_MS / 1_000} s`] : []),
    ...(delivered.size > 1 ? [`${delivered.size} alerts in Alertmanager instead of one: ${names}`] : []),
  ];
  for (const problem of problems) screen.line(screen.style('red', `That is not as it should be: ${problem}.`));
  return false;
}

function hasAlert({ alerts, delivered }: Snapshot, { root }: Fault): boolean {
  const firing = alerts.find(({ state, target }) => state === 'firing' && target === root);
  if (firing === undefined) return false;
  return delivered === undefined || delivered.includes(`${firing.alertname} ${root}`);
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

function symptomText(symptoms: readonly string[]): string {
  if (symptoms.length === 0) return 'nothing else failed with it';
  return `${symptoms.join(' and ')} failed with it and paged nobody`;
}
