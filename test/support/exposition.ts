import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { binary } from '../../demo/service/binary.ts';
import { systemClock } from '../../src/core/clock.ts';
import { targetBlocks } from '../../src/observe/blocks.ts';
import { exposition } from '../../src/observe/exposition.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import type { Prober, ProbeType } from '../../src/probe/contract.ts';
import { runProbe } from '../../src/probe/run.ts';
import { aTarget } from './targets.ts';

/** What /metrics says of a target of this type after one probe. */
export async function exposeProbe(type: Omit<ProbeType, 'hosts' | 'open'>, prober: Prober): Promise<string> {
  const target = aTarget('peer', { type: type.type });
  const metrics = openMetrics([type]);
  metrics.retarget([{ target, ownMeasures: [] }], () => true);
  const scrub = (line: string) => line;
  metrics.record(await runProbe({ prober, target, turn: () => 'scheduled', clock: systemClock, scrub }));
  const facts = { service: 'test', verdict: () => 'up' as const };
  let all = '';
  for await (const chunk of exposition(targetBlocks(metrics, facts, { types: [], targets: [] }), 'text')) all += chunk;
  return all;
}

/** What `promtool check metrics` has to say of an exposition; nothing where all is well. */
export async function promtoolSays(exposed: string): Promise<string> {
  const child = spawn(binary('promtool'), ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(exposed);
  const [said] = await Promise.all([Promise.all([text(child.stdout), text(child.stderr)]), once(child, 'close')]);
  return said.join('').trim();
}
