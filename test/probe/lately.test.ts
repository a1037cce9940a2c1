import { expect, it } from 'vitest';
import { openLately } from '../../src/probe/lately.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const TAKES_MS = 100;

/** A question that takes 100 ms and is answered by what is true when it ends. */
function start() {
  const clock = virtualClock();
  const state = { yes: true, askedAtMs: [] as number[] };
  const lately = openLately(clock, async () => {
    state.askedAtMs.push(clock.monoMs());
    await new Promise<void>((resolve) => clock.after(TAKES_MS, resolve));
    return state.yes;
  });
  const since = (sinceMs: number) => {
    let answer: boolean | undefined;
    void lately.since(sinceMs).then((yes) => {
      answer = yes;
    });
    return () => answer;
  };
  return { clock, state, lately, since };
}

it('a question that many have at once is asked once', async () => {
  const { clock, state, since } = start();
  const answers = Array.from({ length: 1000 }, () => since(0));
  await clock.advance(TAKES_MS);
  expect(answers.every((answer) => answer() === true)).toBe(true);
  expect(state.askedAtMs).toEqual([0]);
});

it('nobody is asked before there is a question', async () => {
  const { clock, state } = start();
  await clock.advance(60_000);
  expect(state.askedAtMs).toEqual([]);
  expect(clock.pending()).toBe(0);
});

it('a yes that was asked for earlier than one wants to know is asked for again, for it may no longer be true', async () => {
  const { clock, state, since } = start();
  since(0);
  await clock.advance(TAKES_MS);
  state.yes = false;
  const answer = since(TAKES_MS);
  await clock.advance(1000);
  expect(answer()).toBe(false);
  expect(state.askedAtMs).toHaveLength(2);
});

it('a yes that was asked for later serves', async () => {
  const { clock, state, since } = start();
  since(0);
  await clock.advance(TAKES_MS);
  const answer = since(0);
  await clock.advance(0);
  expect(answer()).toBe(true);
  expect(state.askedAtMs).toEqual([0]);
});

it('a yes is no longer believed a second later, however long the failure was in the making', async () => {
  const { clock, state, since } = start();
  since(0);
  await clock.advance(1001);
  since(0);
  await clock.advance(TAKES_MS);
  expect(state.askedAtMs).toEqual([0, 1001]);
});

it('a no serves for 2 s, and then it is asked again', async () => {
  const { clock, state, since } = start();
  state.yes = false;
  since(0);
  await clock.advance(TAKES_MS + 2000);
  const answer = since(2050);
  await clock.advance(0);
  expect(answer()).toBe(false);
  await clock.advance(1);
  since(2050);
  await clock.advance(TAKES_MS);
  expect(state.askedAtMs).toEqual([0, 2101]);
});

it('a yes under way from before is waited for, and then asked for again; a no under way is taken', async () => {
  for (const yes of [true, false]) {
    const { clock, state, since } = start();
    state.yes = yes;
    since(0);
    await clock.advance(50);
    const answer = since(50);
    await clock.advance(600);
    expect(answer()).toBe(yes);
    expect(state.askedAtMs).toHaveLength(yes ? 2 : 1);
  }
});

it('in a storm it is asked twice a second at most', async () => {
  const { clock, state, since } = start();
  for (let ms = 0; ms < 5000; ms += 10) {
    since(ms);
    await clock.advance(10);
  }
  for (const [index, atMs] of state.askedAtMs.slice(1).entries())
    expect(atMs - (state.askedAtMs[index] ?? 0)).toBeGreaterThanOrEqual(500);
  expect(state.askedAtMs.length).toBeGreaterThan(5);
});

it('what is forgotten is asked for again', async () => {
  const { clock, state, since, lately } = start();
  state.yes = false;
  since(0);
  await clock.advance(TAKES_MS);
  lately.forget();
  since(TAKES_MS);
  await clock.advance(1000);
  expect(state.askedAtMs).toHaveLength(2);
});
