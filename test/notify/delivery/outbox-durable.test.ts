import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../src/core/alert.ts';
import type { Delivery, DeliveryManner, Message, ReceiverType } from '../../../src/notify/contract.ts';
import { type Audience, openOutbox } from '../../../src/notify/delivery/outbox.ts';
import type { Told } from '../../../src/notify/route.ts';
import { memoryDocs } from '../../support/memory-docs.ts';
import { ALERT, environment } from '../../support/receiver.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const H = 3_600_000;
const MANNER: DeliveryManner = {
  batch: 100,
  grouped: true,
  people: true,
  external: true,
  resendMs: undefined,
  keepResolvedMs: 0,
  longestBackoffMs: 60_000,
};
const firing = (name: string, changes: Partial<typeof ALERT> = {}): Notice => ({
  status: 'firing',
  alert: { ...ALERT, fingerprint: name, target: name, group: name, ...changes },
});
const resolved = (name: string): Notice => ({ ...firing(name), status: 'resolved', endsAtMs: 0 });

interface Rules {
  readonly receivers?: readonly string[];
  readonly fallback?: string;
  readonly ways?: (notice: string) => readonly Told[];
  readonly holdMs?: number;
}

/** Processes over one store, one after the other, and what their receivers were told: `pager: first firing a`. */
function bench(answers: Record<string, Delivery | undefined> = {}) {
  const clock = virtualClock(0);
  const docs = memoryDocs();
  let life = 0;
  const messages: { readonly to: string; readonly message: Message }[] = [];
  const start = async ({ receivers = ['pager'], fallback, ways, holdMs = 0 }: Rules = {}, now: Notice[] = []) => {
    const inLife = ++life; // the process before is dead
    const open = async (_: unknown, { receiver }: { readonly receiver: string }) => [
      {
        name: receiver,
        async send(message: Message): Promise<Delivery> {
          if (inLife !== life) return new Promise(() => {});
          messages.push({ to: receiver, message });
          return answers[receiver] ?? { ok: true };
        },
        async [Symbol.asyncDispose]() {},
      },
    ];
    const outbox = openOutbox({
      ...environment(),
      clock,
      typeOf: () => ({ manner: MANNER, open }) as unknown as ReceiverType,
      hooks: { random: () => 0.5, onLength() {}, onClosed() {}, onAttempt() {} },
      commit: async (writes) => (inLife === life ? docs.commit(writes) : new Promise(() => {})),
    });
    outbox.restore(docs.outbox());
    const settings = { type: 'test', group_wait: 0, group_interval: 0 };
    const audience: Audience = {
      receivers: receivers.map((name) => ({ name, settings, revision: '' })),
      filesFrom: '/',
      externalUrl: undefined,
      timezone: 'UTC',
      fallback,
      severityLabel: (severity) => severity,
      routing: {
        of: ({ fingerprint }) =>
          ways?.(fingerprint) ?? receivers.map((receiver) => ({ receiver, notBeforeMs: undefined })),
        holdMsOf: () => holdMs,
      },
    };
    const ready = outbox.replace(audience, () => now);
    await clock.advance(1);
    await ready;
    const post = async (...notices: readonly Notice[]) => {
      const { writes, release } = outbox.accept(notices);
      docs.commit(writes);
      release();
      await clock.advance(1);
    };
    return { outbox, post };
  };
  const told = () =>
    messages.map(({ to, message: { step, changed, isRepeat } }) => {
      const what = changed.map(({ status, alert }) => `${status} ${alert.fingerprint}`).join(', ');
      return `${to}: ${step} ${what}${isRepeat ? ' (again)' : ''}`;
    });
  return { clock, docs, messages, told, start };
}

describe('what a receiver refuses for good', () => {
  const GONE: Delivery = { ok: false, retry: false, reason: 'missing', message: 'answered 404' };

  it('is told to the fallback, with who could not be told and why', async () => {
    const { messages, docs, told, start } = bench({ pager: GONE });
    const rules: Rules = {
      receivers: ['pager', 'mail'],
      fallback: 'mail',
      ways: () => [{ receiver: 'pager', notBeforeMs: undefined }],
    };
    const { post } = await start(rules);
    await post(firing('a'));
    expect(told()).toEqual(['pager: first firing a', 'mail: first firing a']);
    const description = messages[1]?.message.changed[0]?.alert.annotations['description'];
    expect(description).toBe('connection refused by 127.0.0.1:5432 (pager could not be told: answered 404)');
    expect(docs.all('notice')).toEqual([]);

    await post(resolved('a'));
    expect(told().slice(2)).toEqual(['mail: over resolved a']);
  });

  it('waits for its receiver to be mended where there is no fallback', async () => {
    const answers: Record<string, Delivery | undefined> = { pager: GONE };
    const { clock, told, start } = bench(answers);
    const { post } = await start();
    await post(firing('a'));
    await clock.advance(H);
    delete answers['pager'];
    await clock.advance(H);
    expect(told().at(-1)).toBe('pager: first firing a');
    expect(told().length).toBeGreaterThan(5);
    await clock.advance(H);
    await post(resolved('a'));
    expect(told().at(-1)).toBe('pager: over resolved a');
  });

  it('is not passed on from the fallback to itself', async () => {
    const { clock, told, start } = bench({ mail: { ...GONE, reason: 'client' } });
    const { post } = await start({ receivers: ['mail'], fallback: 'mail' });
    await post(firing('a'));
    await clock.advance(H);
    expect(told()).toEqual(['mail: first firing a']);
  });
});

describe('after a restart', () => {
  const DOWN: Delivery = { ok: false, retry: true, reason: 'network', message: 'refused' };

  it('what was not delivered is told, in order, and what was delivered is not', async () => {
    const answers: Record<string, Delivery | undefined> = { pager: DOWN };
    const { told, messages, start } = bench(answers);
    const rules = { receivers: ['mail', 'pager'] };
    const before = await start(rules);
    await before.post(firing('a'), resolved('a'), firing('b'));
    messages.length = 0;
    delete answers['pager'];
    await start(rules, [firing('b')]);
    expect(told()).toEqual(['pager: first firing a (again)', 'pager: over resolved a', 'pager: first firing b']);
  });

  it('a hold goes on where it was, and what ends within it is told to nobody', async () => {
    const { clock, told, docs, start } = bench();
    const before = await start({ holdMs: H });
    await before.post(firing('a'), firing('b'));
    await clock.advance(H / 2);
    const after = await start({ holdMs: H }, [firing('a'), firing('b')]);
    await after.post(resolved('a'));
    await clock.advance(H / 2 - 10);
    expect(told()).toEqual([]);
    await clock.advance(20);
    expect(told()).toEqual(['pager: first firing b']);
    expect(docs.all('notice')).toEqual([]);
  });

  it('what may have been taken is told again, however long it would be held by now', async () => {
    const answers: Record<string, Delivery | undefined> = { pager: { ...DOWN, maybeTaken: true } };
    const { told, messages, start } = bench(answers);
    const before = await start();
    await before.post(firing('a'));
    await before.post(resolved('a'));
    messages.length = 0;
    delete answers['pager'];
    await start({ holdMs: H });
    expect(told()).toEqual(['pager: first firing a (again)', 'pager: over resolved a']);
  });

  it('whoever was told of a beginning is told of the end, whatever the routes say by now', async () => {
    const { told, start } = bench();
    const before = await start();
    await before.post(firing('a'));
    const after = await start({ ways: () => [] });
    await after.post(resolved('a'));
    expect(told()).toEqual(['pager: first firing a', 'pager: over resolved a']);
  });

  it('what a receiver was to be told is forgotten with it', async () => {
    const { docs, start } = bench({ pager: DOWN });
    const before = await start({ receivers: ['mail', 'pager'] });
    await before.post(firing('a'));
    expect(docs.all('notice')).toHaveLength(1);
    await start({ receivers: ['mail'] });
    expect([docs.all('notice'), docs.all('done'), docs.all('sending')]).toEqual([[], [], []]);
    expect(docs.all('heard')).toHaveLength(1);
  });

  it('what nobody says any more is over', async () => {
    const { clock, told, start } = bench();
    const before = await start();
    await before.post(firing('a', { origin: 'external' }), firing('b'));
    const { outbox } = await start({}, [firing('b')]);
    outbox.endAllBut((fingerprint) => fingerprint === 'b');
    await clock.advance(1);
    expect(told().slice(2)).toEqual(['pager: over resolved a']);
  });
});

describe('a route that is closed', () => {
  it('keeps an alert until it opens, and one that ended meanwhile for ever', async () => {
    const { clock, told, start } = bench();
    const { post } = await start({ ways: () => [{ receiver: 'pager', notBeforeMs: H }] });
    await post(firing('a'), firing('b'));
    await clock.advance(H / 2);
    await post(resolved('a'));
    expect(told()).toEqual([]);
    await clock.advance(H);
    expect(told()).toEqual(['pager: first firing b']);
  });
});
