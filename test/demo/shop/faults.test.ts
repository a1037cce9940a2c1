import { describe, expect, it } from 'vitest';
import { freePort } from '../../../demo/service/port.ts';
import { createFaults, type Fault, serveFaults } from '../../../demo/shop/faults.ts';

async function switches() {
  const begun: { fault: Fault; signal: AbortSignal }[] = [];
  const faults = createFaults((fault, signal) => begun.push({ fault, signal }));
  const port = await freePort();
  const server = serveFaults(faults, port);
  const send = async (method: string, path: string) =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { method })).status;
  return { begun, faults, send, [Symbol.dispose]: () => server.close() };
}

describe("the shop's switches", () => {
  it('break with PUT and heal with DELETE', async () => {
    using shop = await switches();
    expect(await shop.send('PUT', '/faults/slow')).toBe(204);
    expect(shop.faults.isOn('slow')).toBe(true);
    expect(await shop.send('DELETE', '/faults/slow')).toBe(204);
    expect(shop.faults.isOn('slow')).toBe(false);
  });

  it('begin a fault once and end it through its signal', async () => {
    using shop = await switches();
    await shop.send('PUT', '/faults/pool');
    await shop.send('PUT', '/faults/pool');
    expect(shop.begun.map(({ fault, signal }) => [fault, signal.aborted])).toEqual([['pool', false]]);
    await shop.send('DELETE', '/faults/pool');
    expect(shop.begun.map(({ signal }) => signal.aborted)).toEqual([true]);
  });

  it.each([
    ['GET', '/faults/slow', 405],
    ['PUT', '/faults/everything', 404],
    ['PUT', '/', 404],
  ])('answer %s %s with %i', async (method, path, status) => {
    using shop = await switches();
    expect(await shop.send(method, path)).toBe(status);
  });
});
