/** The config of the bench: every target on a host of its own, three assertions each, told to one Alertmanager. */
export interface BenchConfig {
  readonly targets: number;
  readonly intervalMs: number;
  readonly port: number;
  readonly alertmanager: string;
  /**
   * `storm`: half of the targets depend on one more, `database`, the others are in one place. `pressed`: the same, with probes that
   * may last a whole interval, so that as many as the limits allow are under way when they all fail.
   */
  readonly shape?: 'storm' | 'pressed';
  /** What of the alerts is in force; by default the built-in ones. */
  readonly alerts?: 'none' | 'many';
}

/** The address of target `index`: all of 127.0.0.0/8 is this machine. */
export const targetUrl = (index: number, port: number): string =>
  `http://127.${1 + (index >> 14)}.${(index >> 7) & 127}.${1 + (index & 127)}:${port}/t/${index}`;

/** A file must stay under the config's limit of 1 MiB. */
const TARGETS_PER_FILE = 5000;

/** On what every target measures: with the two built-in ones on failures and on duration five, beside those on certificates. */
const MORE_ALERTS = `
    - { name: ConnectsSlowly, when: avg(connect) over 15m > 500ms, severity: P3 }
    - { name: Stalls, when: max(processing) over 15m > 3s, severity: P3 }
    - { name: TooLarge, when: size > 1MiB, severity: P3 }`;

/** The config as one or more files to be merged, since a file is at most 1 MiB. */
export function benchConfig(config: BenchConfig): readonly string[] {
  const { targets, intervalMs, port, alertmanager, shape, alerts } = config;
  const expected = '{ status: 200, body: UP, json: { "$.status": UP } }';
  const timeoutMs = shape === 'pressed' ? intervalMs : 5000;
  const head = `service: bench\n${defaults(intervalMs, timeoutMs, alerts)}`;
  const files: string[] = [];
  for (let from = 0; from < targets; from += TARGETS_PER_FILE) {
    const count = Math.min(TARGETS_PER_FILE, targets - from);
    const lines = Array.from({ length: count }, (_, offset) => {
      const index = from + offset;
      return `- { <<: *c, name: t${index}, url: "${targetUrl(index, port)}"${membership(index, config)} }\n`;
    });
    const builtIn = alerts === 'none' ? ', builtin_alerts: none' : '';
    files.push(`${head}x-c: &c { type: http, expect: ${expected}${builtIn} }\ntargets:\n${lines.join('')}`);
  }
  if (files[0] === undefined) return files;
  if (shape !== undefined) files[0] += `- { <<: *c, name: database, url: "${targetUrl(targets, port)}" }\n`;
  files[0] += `notify: { alertmanager: { urls: ["${alertmanager}"] } }\n`;
  return files;
}

function defaults(intervalMs: number, timeoutMs: number, alerts: BenchConfig['alerts']): string {
  const more = alerts === 'many' ? `\n  alerts:${MORE_ALERTS}` : '';
  return `defaults:\n  interval: ${intervalMs}ms\n  timeout: ${timeoutMs}ms${more}\n`;
}

function membership(index: number, { shape, targets }: BenchConfig): string {
  if (shape === undefined) return '';
  return index < targets / 2 ? ', depends_on: [database]' : ', place: rack';
}
