import type { KillScenario } from './kill-scenario.ts';

type Rate = Omit<KillScenario, 'seed'> & { readonly name: string };

/** As often as a process can be killed that is at work a second after its start. */
const QUICK: Rate = { name: 'about every 2 s', kills: 200, targets: 50, lastsMs: 420_000, shortMs: 1500, longMs: 2500 };
/** Prometheus begins to scrape, and to tell Alertmanager, some five seconds after its start. */
const SLOW: Rate = {
  name: 'every fourth life 15 s',
  kills: 48,
  targets: 50,
  lastsMs: 270_000,
  shortMs: 1500,
  longMs: 15_000,
};

/** How often everything is killed, and while how much goes on. */
export const KILL_RATES: readonly Rate[] = [QUICK, SLOW];
