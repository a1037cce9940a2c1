import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openOffline, startApp } from '../../../src/app.ts';
import { toAddress } from '../../../src/cli/settings.ts';
import { type Clock, systemClock } from '../../../src/core/clock.ts';
import { openLog } from '../../../src/log.ts';
import type { Control, Plan } from './daemon.ts';
import { type ScaledClock, scaledClock } from './scaled-clock.ts';

/**
 * The daemon as `src/main.ts` runs it, but for what a test does to it: its clock is driven, and it kills itself at a
 * named point. The plan is in the environment, what comes later over the channel to its parent.
 */
const { env } = process;
const { values } = parseArgs({ options: { config: { type: 'string' }, store: { type: 'string' } } });
const plan = JSON.parse(env['OUTRIDER_FAULT_PLAN'] ?? '{}') as Plan;
const scaled: ScaledClock | undefined =
  plan.clock === undefined ? undefined : scaledClock(plan.clock.factor, plan.clock.wallMs ?? Date.now());
const clock: Clock = scaled ?? systemClock;
const log = openLog({ level: 'info', format: 'logfmt', write: (line) => writeSync(process.stderr.fd, line) });

let passed = 0;
/** The point is reached: the process ends there, as if the machine had lost power. */
const failpoint = (name: string) => {
  if (name === plan.failpoint?.name && ++passed > (plan.failpoint.after ?? 0)) process.kill(process.pid, 'SIGKILL');
};

process.on('unhandledRejection', (error) => log.error({ err: error }, 'an error of Outrider’s own'));
const offline = openOffline(env, systemClock);
const app = await startApp({
  load: () => offline.load([values.config ?? '']),
  listen: () => toAddress({ name: 'listen', value: '127.0.0.1:0', source: 'flag' }),
  store: () => values.store ?? 'memory',
  clock,
  log,
  build: { version: 'fault', revision: '' },
  random: Math.random,
  ...(plan.failpoint === undefined ? {} : { failpoint }),
});

process.on('message', (control: Control) => {
  if (control.kind === 'speed') scaled?.speed(control.factor);
  if (control.kind === 'step') scaled?.step(control.ms);
  if (control.kind === 'stall') {
    const until = performance.now() + control.ms;
    while (performance.now() < until);
  }
  if (control.kind === 'reject') void Promise.reject(new Error('a stray rejection'));
  process.send?.({ wallMs: clock.now().wallMs });
});
process.once('SIGTERM', async () => {
  await app.stop();
  process.exit(0);
});
