import { describe, expect, it } from 'vitest';
import { type Lane, openLanes, type Passenger } from '../../src/schedule/lanes.ts';

/** Lanes with tasks that end when they are told to. */
function station(limit: number, passengers: readonly Passenger[]) {
  const lanes = openLanes();
  lanes.arrange(limit, passengers);
  const running: { readonly passenger: Passenger; readonly lane: Lane; readonly end: () => void }[] = [];
  const board = (passenger: Passenger, lane: Lane = 'scheduled') => {
    void lanes.enter(passenger, lane, () => {
      return new Promise<void>((resolve) => {
        const one = {
          passenger,
          lane,
          end: () => {
            running.splice(running.indexOf(one), 1);
            resolve();
          },
        };
        running.push(one);
      });
    });
  };
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const arrange = (most: number, all = passengers) => lanes.arrange(most, all);
  return { board, running, settle, arrange };
}

const on = (...hosts: readonly string[]): Passenger => ({ type: 'kafka', hosts });
const many = (count: number, passenger: Passenger): readonly Passenger[] =>
  Array.from({ length: count }, () => ({ ...passenger }));

describe('the lanes', () => {
  it('let a host have a quarter, out of turn too', async () => {
    const dead = many(100, on('dead'));
    const live = many(20, on('live'));
    const { board, running, settle } = station(100, [...dead, ...live]);
    for (const passenger of dead) board(passenger);
    for (const passenger of dead) board(passenger, 'extra');
    for (const passenger of live) board(passenger);
    await settle();
    const of = (host: string, lane: Lane) =>
      running.filter((one) => one.passenger.hosts.includes(host) && one.lane === lane).length;
    expect(of('dead', 'scheduled')).toBe(22);
    expect(of('dead', 'extra')).toBe(4);
    expect(of('live', 'scheduled')).toBe(20);
  });

  it('leave room for other types beside one that takes all it can', async () => {
    const kafka = Array.from({ length: 200 }, (_, index) => on(`h${index}`));
    const http = Array.from({ length: 10 }, (_, index) => ({ type: 'http', hosts: [`w${index}`] }));
    const { board, running, settle } = station(100, [...kafka, ...http]);
    for (const passenger of [...kafka, ...http]) board(passenger);
    await settle();
    expect(running.filter(({ passenger }) => passenger.type === 'http')).toHaveLength(10);
  });

  it.each([
    { hosts: 'of two in either order', passengers: [...many(50, on('a', 'b')), ...many(50, on('b', 'a'))] },
    { hosts: 'named twice', passengers: many(50, on('a', 'a')) },
  ])('never wait for each other for ever, with hosts $hosts', async ({ passengers }) => {
    const { board, running, settle } = station(20, passengers);
    for (const passenger of passengers) board(passenger);
    let ended = 0;
    for (await settle(); running.length > 0; await settle()) {
      running[0]?.end();
      ended++;
    }
    expect(ended).toBe(passengers.length);
  });

  it('count what runs on a crowded host when they are arranged anew, and take a new bound', async () => {
    const crowd = many(80, on('a'));
    const { board, running, settle, arrange } = station(40, crowd);
    for (const passenger of crowd.slice(0, 40)) board(passenger);
    arrange(40);
    for (const passenger of crowd.slice(40)) board(passenger);
    await settle();
    expect(running).toHaveLength(9);
    arrange(80);
    await settle();
    expect(running).toHaveLength(18);
  });

  it('count what runs when they are arranged anew', async () => {
    const passengers = Array.from({ length: 60 }, (_, index) => on(`h${index}`));
    const { board, running, settle, arrange } = station(20, passengers);
    for (const passenger of passengers.slice(0, 30)) board(passenger);
    arrange(20);
    for (const passenger of passengers.slice(30)) board(passenger);
    await settle();
    expect(running).toHaveLength(18);
    arrange(50);
    await settle();
    expect(running).toHaveLength(45);
  });

  it('that become crowded bound those who come from now on', async () => {
    const { board, running, settle, arrange } = station(40, [on('a')]);
    const crowd = many(40, on('a'));
    arrange(40, crowd);
    for (const passenger of crowd) board(passenger);
    await settle();
    expect(running).toHaveLength(9);
    arrange(40, [on('a')]);
    for (const passenger of many(5, on('a'))) board(passenger);
    await settle();
    expect(running).toHaveLength(14);
  });

  it.each([1, 2, 3])('let one of each lane run with a limit of %i', async (limit) => {
    const { board, running, settle } = station(limit, [on('a')]);
    for (const lane of ['scheduled', 'extra'] as const) board(on('a'), lane);
    await settle();
    expect(running).toHaveLength(2);
  });
});
