import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Observation, ProbeResult, Turn } from '../../src/core/result.ts';
import { scrubber } from '../../src/core/secret.ts';
import type { Prober, Run } from '../../src/probe/contract.ts';
import { type RunOptions, runProbe } from '../../src/probe/run.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';

const TIMEOUT_MS = 2000;
const LET_GO_MS = 50;
const SECRET = 'hunter22-of-the-run';

const up: Observation = { outcome: 'up', durationMs: 12, measures: [{ name: 'status', value: 200 }], series: [] };
const down = (reason: 'refused' | 'timeout', message: string): Observation => ({
  outcome: 'down',
  reason,
  message,
  durationMs: 7,
  measures: [],
  series: [],
});

const withCode = (code: string, message = 'what the driver said') => Object.assign(new Error(message), { code });
const never = () => new Promise<never>(() => {});
/** Settles as told once the run is aborted. */
const atAbort = (run: Run, settle: () => Observation) =>
  new Promise<Observation>((resolve, reject) =>
    run.signal.addEventListener('abort', () => {
      try {
        resolve(settle());
      } catch (error) {
        reject(error);
      }
    }),
  );

/** Starts a run of a prober that behaves like this, on a clock that stands still until it is told to go on. */
function start(run: (run: Run, clock: VirtualClock) => Promise<Observation>, changes: Partial<RunOptions> = {}) {
  const clock = virtualClock();
  let result: ProbeResult | undefined;
  const options: RunOptions = {
    prober: { run: (given) => run(given, clock) },
    target: { name: 'api', timeoutMs: TIMEOUT_MS, hosts: ['db.example'] },
    turn: () => 'scheduled',
    clock,
    scrub: scrubber([SECRET]),
    ...changes,
  };
  const done = runProbe(options).then((seen) => {
    result = seen;
  });
  return { clock, done, result: () => result };
}

/** The result once `ms` have passed. */
async function resultAfter(
  ms: number,
  run: Prober['run'],
  changes: Partial<RunOptions> = {},
): Promise<ProbeResult | undefined> {
  const { clock, result } = start(run, changes);
  await clock.advance(ms);
  return result();
}

const unhandled: unknown[] = [];
const note = (error: unknown) => unhandled.push(error);
beforeEach(() => void process.on('unhandledRejection', note));
afterEach(() => {
  process.off('unhandledRejection', note);
  expect(unhandled.splice(0)).toEqual([]);
});

describe('what was seen is told', () => {
  it('with up, failed and duration before the type’s own measures', async () => {
    expect(await resultAfter(0, async () => up)).toEqual({
      target: 'api',
      turn: 'scheduled',
      at: { monoMs: 0, wallMs: Date.UTC(2026, 0, 1) },
      outcome: 'up',
      durationMs: 12,
      measures: [
        { name: 'up', value: 1 },
        { name: 'failed', value: 0 },
        { name: 'duration', value: 0.012 },
        { name: 'status', value: 200 },
      ],
      series: [],
    });
  });

  it('of a failure with up 0 and failed 1', async () => {
    const result = await resultAfter(0, async () => down('refused', 'connection refused by 127.0.0.1:1'));
    expect(result).toMatchObject({
      outcome: 'down',
      reason: 'refused',
      message: 'connection refused by 127.0.0.1:1',
      measures: [
        { name: 'up', value: 0 },
        { name: 'failed', value: 1 },
        { name: 'duration', value: 0.007 },
      ],
    });
  });

  it('without the secrets of the config, whoever repeats them', async () => {
    const said = {
      evidence: { body: `"${SECRET}"` },
      gaps: [{ measures: ['lag'], why: `user ${SECRET} may not` }],
    };
    const clean = { evidence: { body: '"<secret>"' }, gaps: [{ measures: ['lag'], why: 'user <secret> may not' }] };
    const failed = { ...down('refused', `the server said "${SECRET}"`), ...said };
    expect(await resultAfter(0, async () => failed)).toMatchObject({ message: 'the server said "<secret>"', ...clean });
    expect(await resultAfter(0, async () => ({ ...up, ...said }))).toMatchObject(clean);
  });

  it('with the turn that it has at its end: a scheduled run may have come to serve a re-probe', async () => {
    let turn: Turn = 'extra';
    const { clock, result } = start(async () => up, { turn: () => turn });
    turn = 'scheduled';
    await clock.advance(0);
    expect(result()).toMatchObject({ turn: 'scheduled' });
  });

  it('with the moment at which it began', async () => {
    const { clock, result } = start((run) => atAbort(run, () => up));
    await clock.advance(TIMEOUT_MS);
    expect(result()?.at.monoMs).toBe(0);
  });
});

describe('the deadline', () => {
  it('is told to the prober as the whole timeout', async () => {
    let told: Run | undefined;
    await resultAfter(0, async (run) => {
      told = run;
      return up;
    });
    expect(told?.timeoutMs).toBe(TIMEOUT_MS);
    expect(told?.signal.aborted).toBe(false);
  });

  it('has not come a millisecond before', async () => {
    expect(await resultAfter(TIMEOUT_MS - 1, never)).toBeUndefined();
  });

  it('aborts the run, and a prober that lets go at once says what it was waiting for', async () => {
    const result = await resultAfter(TIMEOUT_MS, (run) =>
      atAbort(run, () => down('timeout', `no answer to PING from ${SECRET}`)),
    );
    expect(result).toMatchObject({
      outcome: 'down',
      reason: 'timeout',
      message: 'no answer to PING from <secret>',
      durationMs: TIMEOUT_MS,
    });
  });

  it.each<[string, Prober['run']]>([
    ['never answers and ignores the abort', never],
    ['takes the abort for a failure of another kind', (run) => atAbort(run, () => down('refused', 'refused'))],
    ['answers well, but too late', (run) => atAbort(run, () => up)],
    [
      'throws at the abort',
      (run) =>
        atAbort(run, () => {
          throw withCode('ECONNRESET');
        }),
    ],
  ])('makes it a timeout in any case when the prober %s', async (_, run) => {
    expect(await resultAfter(TIMEOUT_MS + LET_GO_MS, run)).toMatchObject({
      outcome: 'down',
      reason: 'timeout',
      message: 'no answer within 2s',
      durationMs: TIMEOUT_MS,
      measures: [
        { name: 'up', value: 0 },
        { name: 'failed', value: 1 },
        { name: 'duration', value: 2 },
      ],
    });
  });

  it('gives a prober 50 ms to let go, and waits no longer', async () => {
    expect(await resultAfter(TIMEOUT_MS + LET_GO_MS - 1, never)).toBeUndefined();
    expect(await resultAfter(TIMEOUT_MS + LET_GO_MS, never)).toMatchObject({ outcome: 'down', reason: 'timeout' });
  });

  it('leaves no timer behind when the answer comes first', async () => {
    const { clock, done, result } = start(async () => up);
    await done;
    const seen = result();
    await clock.advance(10 * TIMEOUT_MS);
    expect(result()).toBe(seen);
    expect(seen).toMatchObject({ outcome: 'up' });
  });

  it('lets a driver fail afterwards without anybody hearing of it', async () => {
    const late = Promise.withResolvers<Observation>();
    expect(await resultAfter(TIMEOUT_MS + LET_GO_MS, () => late.promise)).toMatchObject({ reason: 'timeout' });
    late.reject(withCode('ECONNRESET'));
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  });
});

describe('what a prober throws', () => {
  it.each([
    ['ECONNREFUSED', 'refused', 'connection refused by db.example'],
    ['ECONNRESET', 'reset', 'connection reset by db.example'],
    ['ENOTFOUND', 'dns', 'no address found for db.example'],
    ['ETIMEDOUT', 'timeout', 'connecting to db.example timed out'],
    ['CERT_HAS_EXPIRED', 'tls', 'the certificate of db.example has expired'],
    ['EHOSTUNREACH', 'unavailable', 'no route to db.example'],
  ])('%s is known by its code: %s', async (code, reason, message) => {
    const result = await resultAfter(0, async () => {
      throw withCode(code);
    });
    expect(result).toMatchObject({ outcome: 'down', reason, message });
  });

  it('is found behind what wraps it', async () => {
    const result = await resultAfter(0, async () => {
      throw new Error('the driver failed', { cause: new AggregateError([withCode('ECONNREFUSED')]) });
    });
    expect(result).toMatchObject({ outcome: 'down', reason: 'refused' });
  });

  it.each([
    ['an error without a code', new Error(`a bug near ${SECRET}`), 'a bug near <secret>'],
    ['something that is no error', 'a text', 'a text'],
  ])('is an internal failure where it is %s', async (_, thrown, message) => {
    const result = await resultAfter(0, async () => {
      throw thrown;
    });
    expect(result).toMatchObject({ outcome: 'down', reason: 'internal', message });
  });

  it('before it has begun is told all the same', async () => {
    const result = await resultAfter(0, () => {
      throw withCode('ECONNREFUSED');
    });
    expect(result).toMatchObject({ outcome: 'down', reason: 'refused' });
  });

  it('is timed', async () => {
    const { clock, result } = start(async (_, ownClock) => {
      await new Promise<void>((resolve) => ownClock.after(300, resolve));
      throw withCode('ECONNRESET');
    });
    await clock.advance(300);
    expect(result()).toMatchObject({ reason: 'reset', durationMs: 300 });
  });

  it.each(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM'])(
    '%s is Outrider’s own trouble, and says nothing of the target',
    async (code) => {
      const result = await resultAfter(0, async () => {
        throw withCode(code, `open ${SECRET}`);
      });
      expect(result).toEqual({
        target: 'api',
        turn: 'scheduled',
        at: { monoMs: 0, wallMs: Date.UTC(2026, 0, 1) },
        outcome: 'inconclusive',
        why: 'own-limits',
        message: 'open <secret>',
      });
    },
  );
});

describe('a stop', () => {
  it('can abort the run until it is over', async () => {
    const calls: string[] = [];
    let abort: (() => void) | undefined;
    const { clock, result } = start((run) => atAbort(run, () => down('timeout', 'cut short')), {
      onAbortable(given) {
        abort = given;
        return () => calls.push('over');
      },
    });
    await clock.advance(100);
    expect(calls).toEqual([]);
    abort?.();
    await clock.advance(0);
    expect(result()).toMatchObject({ outcome: 'down', message: 'cut short' });
    expect(calls).toEqual(['over']);
  });
});
