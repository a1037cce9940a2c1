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
  const delivered = new Set<string>();
  const symptoms = new Set<string>();
  const collect = (snapshot: Snapshot) => {
    for (const name of snapshot.delivered ?? []) delivered.add(name);
    for (const { state, target } of snapshot.alerts) if (state === 'suppressed') symptoms.add(target);
  };
  const ended = watch.until(
    (snapshot) => {
      collect(snapshot);
      return false;
    },
    ALERT_WITHIN_MS + BROKEN_FOR_MS + CALM_WITHIN_MS,
  );
  void ended;
  const broken = performance.now();
  await controls.break(fault.name);
  const alerted = await watch.until((snapshot) => hasAlert(snapshot, fault), ALERT_WITHIN_MS);
  const alertedAfterMs = performance.now() - broken;
  if (alerted !== undefined) await sleep(BROKEN_FOR_MS, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) return false;
  await controls.heal(fault.name);
  const healed = performance.now();
  const calm = await watch.until(isCalm, CALM_WITHIN_MS);
  if (signal.aborted) return false;
  const problems = [
    ...(alerted === undefined ? [`no alert for ${fault.root} within ${ALERT_WITHIN_MS / 1_000} s`] : []),
    ...(calm === undefined ? [`not everything was well again within ${CALM_WITHIN_MS / 1_000} s`] : []),
    ...(delivered.size > 1
      ? [`${delivered.size} alerts in Alertmanager instead of one: ${[...delivered].join(', ')}`]
      : []),
  ];
  for (const problem of problems)
    screen.line(`          ${screen.style('red', `That is not as it should be: ${problem}.`)}`);
  if (problems.length > 0) return false;
  const endedAfterMs = performance.now() - healed;
  screen.line();
  screen.line(
    `${screen.style('bold', 'The story:')} one alert, ${[...delivered].join(', ') || fault.root}, ${seconds(alertedAfterMs)} after ${fault.what}; ` +
      `${symptomText([...symptoms])}; its end ${seconds(endedAfterMs)} after the repair.`,
  );
  return true;
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
