import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { exposedBy } from '../daemon.ts';
import { until } from '../wait.ts';
import { audit, type Judged, table } from './audit.ts';
import { startBreakable } from './breakable.ts';
import { openMortal } from './daemon.ts';
import { alertmanager, slack, webhook } from './dialect.ts';
import { openLedger } from './ledger.ts';
import { startSink } from './sink.ts';

const JUDGED: readonly Judged[] = [
  { receiver: 'alertmanager', dedup: 'labels' },
  { receiver: 'webhook', dedup: 'key' },
];

/** A beginning that is spread over an interval, and an end over two, come in a few messages each. */
const MOST_MESSAGES = 20;
/** To look at ten thousand takes a while. */
const LOOK_AGAIN_MS = 500;

export interface StormOptions {
  readonly targets: number;
  readonly intervalSeconds: number;
}

/**
 * Every target fails at one moment, and answers again at another; answers the figures. Each receiver is told of each, in few
 * messages where it is told of groups. People are told how many there are: no message to them has room for all names.
 */
export async function storm({ targets: count, intervalSeconds }: StormOptions): Promise<string> {
  await using opened = new AsyncDisposableStack();
  const ledger = openLedger();
  const entrance = opened.use(await startSink('alertmanager', alertmanager, ledger));
  const hook = opened.use(await startSink('webhook', webhook, ledger));
  const chat = opened.use(await startSink('slack', slack, ledger));
  const targets = opened.use(await startBreakable(count));
  const list = targets.names.map(
    (name) => `  - { name: ${name}, type: http, url: "${targets.urlOf(name)}", builtin_alerts: down }`,
  );
  const daemon = opened.use(
    await openMortal(`
service: shop
startup_grace: 0s
defaults: { interval: ${intervalSeconds}s, timeout: 5s }
targets:
${list.join('\n')}
notify:
  alertmanager: { urls: ["${entrance.url}"] }
  hook: { type: webhook, url: "${hook.url}/", group_by: [alertname], group_wait: 2s, group_interval: ${2 * intervalSeconds}s }
  chat: { type: slack, webhook_url: "${chat.url}/services/T/B/x", hold: 0s, group_by: [alertname], group_wait: 2s, group_interval: ${2 * intervalSeconds}s }
watchdog: { to: [] }
`),
  );
  await daemon.start();
  // Ten thousand targets are a long /metrics: the log says it as well.
  const up = async () => {
    await sleep(LOOK_AGAIN_MS);
    return daemon.output().split('msg="target is up"').length - 1;
  };
  const patienceMs = 8 * intervalSeconds * 1000 + 20_000;
  await until('all are up', async () => ((await up()) === count ? true : undefined), patienceMs);
  const before = memoryBytes(daemon.pid);
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, memoryBytes(daemon.pid));
  }, 250);
  opened.defer(() => clearInterval(watch));

  const accounts = () => JUDGED.map((judged) => audit(ledger, judged, targets.outages()));
  const isAll = async () => {
    await sleep(LOOK_AGAIN_MS);
    return accounts().every(({ lost }) => lost.length === 0) ? true : undefined;
  };
  const untilAll = (what: string) => until(what, isAll, patienceMs).catch(() => {});
  for (const name of targets.names) targets.breakDown(name);
  await untilAll('every beginning is told');
  for (const name of targets.names) targets.mend(name);
  await untilAll('every end is told');

  for (const { receiver, lost, unexpected, disorder } of accounts()) {
    expect(lost.slice(0, 5), receiver).toEqual([]);
    expect(unexpected.slice(0, 5), receiver).toEqual([]);
    expect(disorder.slice(0, 5), receiver).toEqual([]);
  }
  const people = () => ledger.taken('slack');
  await until(
    'people are told that all is over',
    () =>
      people()
        .at(-1)
        ?.body.match(/resolved after/) ?? undefined,
  );
  expect(
    people().some(({ body }) => body.includes(`${count - 1} more alerts`)),
    'people are told of all',
  ).toBe(true);
  expect(people().length).toBeLessThan(MOST_MESSAGES);
  expect(ledger.taken('webhook').length).toBeLessThan(MOST_MESSAGES + count / 50);
  const exposed = await exposedBy(daemon, `?target=${targets.names[0]}`);
  const dropped = (exposed.get('outrider_notifications_total') ?? []).filter(
    ({ labels }) => labels['outcome'] === 'dropped',
  );
  expect(dropped.reduce((sum, { value }) => sum + value, 0)).toBe(0);
  const mib = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  return `${count} targets fail at once; memory ${mib(before)}, at most ${mib(most)}\n\n${table(accounts(), targets.outages())}\n\nmessages to people: ${people().length}`;
}

const memoryBytes = (pid: number): number =>
  1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
