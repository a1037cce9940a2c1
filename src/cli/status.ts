import { age } from './age.ts';
import type { ExitCode, Style, Surroundings } from './contract.ts';
import { type DaemonFlags, openDaemon } from './daemon.ts';
import { type Cell, table } from './table.ts';

/** What of a target of the API the table shows. */
interface Target {
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly degraded?: boolean;
  readonly reason?: string;
  readonly message?: string;
  readonly since?: string;
  readonly lastProbe?: string;
  readonly durationMs?: number;
  readonly alerts: readonly { readonly alertname?: string; readonly state: string }[];
}

/** Gravest first. */
const WORDS: readonly string[] = ['down', 'unknown', 'degraded', 'up', 'paused'];
const STYLES: Readonly<Record<string, Style>> = { down: 'red', unknown: 'yellow', degraded: 'yellow', up: 'green' };

/** `outrider status`: the targets, the gravest first; 1 where one is down. */
export async function status(around: Surroundings, flags: DaemonFlags): Promise<ExitCode> {
  const targets = await openDaemon(around, flags).all<Target>('/api/v1/targets');
  const isDown = targets.some((target) => target.status === 'down');
  if (flags.json === true) around.out(`${JSON.stringify(targets, null, 2)}\n`);
  else if (targets.length === 0) around.err('the config names no targets\n');
  else {
    const { wallMs } = around.clock.now();
    const sorted = targets.toSorted((a, b) => gravity(a) - gravity(b));
    const rows = sorted.map((target) => rowOf(target, wallMs));
    around.out(table(['TARGET', 'TYPE', 'STATUS', 'FOR', 'PROBED', 'TOOK', 'WHY'], rows, around.style));
  }
  return isDown ? 1 : 0;
}

const wordOf = ({ status: word, degraded }: Target): string => (degraded === true ? 'degraded' : word);
const gravity = (target: Target): number => WORDS.indexOf(wordOf(target));

function rowOf(target: Target, nowMs: number): readonly (string | Cell)[] {
  const word = wordOf(target);
  const style = STYLES[word];
  const alerts = target.alerts.filter(({ state }) => state !== 'pending').map(({ alertname = '' }) => alertname);
  return [
    target.name,
    target.type,
    { text: word, ...(style === undefined ? {} : { style }) },
    age(target.since, nowMs),
    target.lastProbe === undefined ? '–' : `${age(target.lastProbe, nowMs)} ago`,
    target.durationMs === undefined ? '–' : `${Number(target.durationMs.toPrecision(3))} ms`,
    target.message ?? target.reason ?? (word === 'degraded' ? alerts.join(', ') : ''),
  ];
}
