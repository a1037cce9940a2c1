import { describe, expect, it } from 'vitest';
import { startOwnTrouble } from '../support/own-trouble.ts';

const HERE = '127.0.0.1';
const FAR = '8.8.4.4';

describe('a stall', () => {
  it.each(['up', 'timeout', 'refused', 'assertion', 'internal'] as const)(
    'makes %s inconclusive where it overlapped the probe, also of a target on this machine',
    async (seen) => {
      const { judge } = startOwnTrouble();
      const { judged } = await judge(HERE, seen, { stoodMs: 5200 });
      expect(judged).toMatchObject({
        ...{ outcome: 'inconclusive', why: 'own-stall', turn: 'scheduled', target: HERE },
        message: 'Outrider’s own event loop stood still for 5.1s',
      });
    },
  );

  it.each(['own-limits', 'overlap'] as const)('leaves %s as it is', async (seen) => {
    const { judge } = startOwnTrouble();
    const { result, judged } = await judge(HERE, seen, { stoodMs: 5000 });
    expect(judged).toBe(result);
  });

  it('before a probe is not that probe’s', async () => {
    const { judge, clock } = startOwnTrouble();
    await clock.jump(5000);
    const { result, judged } = await judge(HERE, 'refused');
    expect(judged).toBe(result);
  });

  it('asks nobody about the network', async () => {
    const { judge, now } = startOwnTrouble();
    await judge(FAR, 'timeout', { stoodMs: 5000 });
    expect(now.asked).toBe(0);
  });
});
