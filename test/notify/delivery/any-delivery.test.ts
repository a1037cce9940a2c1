import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert, Notice } from '../../../src/core/alert.ts';
import type { Delivery, DeliveryManner, Message, ReceiverType } from '../../../src/notify/contract.ts';
import { type Audience, type Outbox, openOutbox } from '../../../src/notify/delivery/outbox.ts';
import { memoryDocs } from '../../support/memory-docs.ts';
import { ALERT, environment } from '../../support/receiver.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const ALERTS = ['a', 'b', 'c', 'd'] as const;
const PEERS = ['keyed', 'keyless'] as const;
const MANNER: DeliveryManner = {
  batch: 3,
  grouped: true,
  resendMs: undefined,
  keepResolvedMs: 0,
  longestBackoffMs: 60_000,
};
/** A commit takes so long: what is under way when the process dies is lost. */
const COMMIT_MS = 5;

type Mood = 'well' | 'down' | 'deaf' | 'loses answers';
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ turn: fc.constantFrom(...ALERTS) }) },
  { weight: 4, arbitrary: fc.record({ waitMs: fc.constantFrom(1, 4, 6, 10, 500, 5000, 61_000, 400_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      peer: fc.constantFrom(...PEERS),
      mood: fc.constantFrom<Mood>('well', 'well', 'down', 'deaf', 'loses answers'),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ crash: true as const }) },
);

/** A process over a store, with peers that live on; alerts begin and end as they like, and the process dies as it likes. */
function openWorld(groupOf: (alert: string) => string) {
  const clock = virtualClock(0);
  const docs = memoryDocs();
  const moods = new Map<string, Mood>(PEERS.map((name) => [name, 'well']));
  const heard = new Map<string, { readonly message: Message; readonly what: readonly string[] }[]>();
  const firing = new Map<string, Alert>();
  let life = 0;
  let outbox: Outbox | undefined;

  const send = async (name: string, message: Message, inLife: number): Promise<Delivery> => {
    await new Promise<void>((resolve) => void clock.after(2, resolve));
    if (inLife !== life) return new Promise(() => {});
    const mood = moods.get(name);
    if (mood === 'down') return { ok: false, retry: true, reason: 'network', message: 'refused' };
    if (mood === 'deaf') return new Promise(() => {});
    const what = message.changed.map(({ status, alert }) => `${alert.fingerprint}@${alert.startsAtMs} ${status}`);
    heard.set(name, [...(heard.get(name) ?? []), { message, what }]);
    if (mood === 'well') return { ok: true };
    return { ok: false, retry: true, reason: 'network', message: 'reset', maybeTaken: true };
  };

  const start = async () => {
    const inLife = ++life;
    const type: Pick<ReceiverType, 'manner' | 'open'> = {
      manner: MANNER,
      open: async (_, { receiver }) => [
        { name: receiver, send: (message) => send(receiver, message, inLife), async [Symbol.asyncDispose]() {} },
      ],
    };
    const born = openOutbox({
      ...environment(),
      clock,
      typeOf: () => type as ReceiverType,
      hooks: { random: () => 0.5, onLength() {}, onClosed() {}, onAttempt() {} },
      commit: (writes) => commit(writes, inLife),
    });
    born.restore(docs.outbox());
    const receivers = PEERS.map((name) => ({ name, settings: { type: 'test', group_wait: 0 }, revision: '' }));
    const audience: Audience = {
      receivers,
      filesFrom: '/',
      externalUrl: undefined,
      timezone: 'UTC',
      fallback: undefined,
      severityLabel: (severity) => severity,
      routing: {
        of: () => PEERS.map((receiver) => ({ receiver, notBeforeMs: undefined })),
        holdMsOf: () => 0,
      },
    };
    const known = docs.all('told') as readonly { readonly alert: Alert }[];
    const ready = born.replace(audience, () => known.map(({ alert }): Notice => ({ status: 'firing', alert })));
    await clock.advance(0);
    await ready;
    outbox = born;
    // What the process does not know of yet, it learns now; what ended meanwhile, too.
    const kept = new Map(known.map(({ alert }) => [alert.fingerprint, alert]));
    for (const alert of kept.values()) if (!isSame(firing.get(alert.fingerprint), alert)) tell('resolved', alert);
    for (const alert of firing.values()) if (!isSame(kept.get(alert.fingerprint), alert)) tell('firing', alert);
  };

  const commit = async (writes: Parameters<typeof docs.commit>[0], inLife: number) => {
    await new Promise<void>((resolve) => void clock.after(COMMIT_MS, resolve));
    if (inLife !== life) return new Promise<void>(() => {});
    docs.commit(writes);
  };

  const tell = (status: Notice['status'], alert: Alert) => {
    const { wallMs } = clock.now();
    const notice: Notice = status === 'firing' ? { status, alert } : { status, alert, endsAtMs: wallMs };
    const accepted = outbox?.accept([notice]);
    const doc = status === 'firing' ? { alert } : undefined;
    const state = { kind: 'told', id: alert.fingerprint, doc } as const;
    void commit([state, ...(accepted?.writes ?? [])], life).then(accepted?.release);
  };

  return {
    clock,
    heard,
    docs,
    firing,
    start,
    setMood: (peer: string, mood: Mood) => moods.set(peer, mood),
    turn(name: string) {
      const before = firing.get(name);
      const { wallMs } = clock.now();
      const alert = { ...ALERT, fingerprint: name, target: name, group: groupOf(name), startsAtMs: wallMs };
      if (before === undefined) firing.set(name, alert);
      else firing.delete(name);
      tell(before === undefined ? 'firing' : 'resolved', before ?? alert);
    },
  };
}

const isSame = (one: Alert | undefined, other: Alert): boolean => one?.startsAtMs === other.startsAtMs;

/** Each message once, by its key. */
const once = (all: readonly { readonly message: Message; readonly what: readonly string[] }[]) => {
  const keys = new Set<string>();
  return all.filter(({ message: { key } }) => !keys.has(key) && keys.add(key));
};

describe('any delivery', () => {
  it('tells each peer of every beginning and every end in order, whatever fails and whenever the process dies', async () => {
    const scenario = fc.record({ steps: fc.array(step, { maxLength: 30, size: 'max' }), isGrouped: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ steps, isGrouped }) => {
        const world = openWorld((alert) => (isGrouped ? 'g' : alert));
        await world.start();
        for (const each of steps) {
          if ('turn' in each) {
            await world.clock.advance(1); // no two beginnings of one alert at one moment
            world.turn(each.turn);
          } else if ('waitMs' in each) await world.clock.advance(each.waitMs);
          else if ('mood' in each) world.setMood(each.peer, each.mood);
          else await world.start();
        }
        for (const peer of PEERS) world.setMood(peer, 'well');
        await world.clock.advance(3_600_000);
        for (const peer of PEERS) {
          const all = world.heard.get(peer) ?? [];
          const told = once(all).flatMap(({ what }) => what);
          for (const name of ALERTS) {
            const of = told.filter((one) => one.startsWith(`${name}@`));
            // Beginnings and ends take turns, each end is of the beginning before it, and the last is how it stands.
            for (const [at, one] of of.entries()) {
              const [id, status] = one.split(' ');
              expect(status).toBe(at % 2 === 0 ? 'firing' : 'resolved');
              if (status === 'resolved') expect(of[at - 1]).toBe(`${id} firing`);
            }
            expect(of.at(-1)?.endsWith('firing') ?? false).toBe(world.firing.has(name));
          }
          const repeats = all.filter(({ message }, at) => all.findIndex((one) => one.message.key === message.key) < at);
          for (const { message } of repeats) expect(message.isRepeat).toBe(true);
        }
        expect(world.docs.all('notice')).toEqual([]);
        expect(world.docs.all('done')).toEqual([]);
        expect(world.docs.all('sending')).toEqual([]);
        expect(world.docs.all('heard')).toHaveLength(world.firing.size * PEERS.length);
      }),
      { numRuns: Number(process.env['DELIVERIES'] ?? 300) },
    );
  }, 120_000);
});
