import { tmpdir } from 'node:os';
import { systemClock } from '../../src/core/clock.ts';
import type { ProbeEnvironment } from '../../src/probe/contract.ts';
import { openResolver } from '../../src/probe/dns.ts';

const quiet = () => {};

/** What a prober may use, on the machine's own clock and name servers; nothing is logged. */
export const probeEnvironment = (changes: Partial<ProbeEnvironment> = {}): ProbeEnvironment => ({
  target: 'target',
  intervalMs: 10_000,
  clock: systemClock,
  log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  resolver: openResolver({ clock: systemClock }),
  maxSeries: 2000,
  maxBodyBytes: 1024 * 1024,
  filesFrom: tmpdir(),
  ...changes,
});
