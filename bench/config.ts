/** The config of the bench: every target on a host of its own, three assertions each, told to one Alertmanager. */
export interface BenchConfig {
  readonly targets: number;
  readonly intervalMs: number;
  readonly port: number;
  readonly alertmanager: string;
}

/** The address of target `index`: all of 127.0.0.0/8 is this machine. */
export const targetUrl = (index: number, port: number): string =>
  `http://127.${1 + (index >> 14)}.${(index >> 7) & 127}.${1 + (index & 127)}:${port}/t/${index}`;

/** A file must stay under the config's limit of 1 MiB. */
const TARGETS_PER_FILE = 5000;

/** The config as one or more files to be merged, since a file is at most 1 MiB. */
export function benchConfig({ targets, intervalMs, port, alertmanager }: BenchConfig): readonly string[] {
  const expected = '{ status: 200, body: UP, json: { "$.status": UP } }';
  const head = `service: bench\ndefaults: { interval: ${intervalMs}ms, timeout: 5s }\n`;
  const files: string[] = [];
  for (let from = 0; from < targets; from += TARGETS_PER_FILE) {
    const count = Math.min(TARGETS_PER_FILE, targets - from);
    const lines = Array.from({ length: count }, (_, offset) => {
      const index = from + offset;
      return `- { <<: *c, name: t${index}, url: "${targetUrl(index, port)}" }\n`;
    });
    files.push(`${head}x-c: &c { type: http, expect: ${expected} }\ntargets:\n${lines.join('')}`);
  }
  if (files[0] !== undefined) files[0] += `notify: { alertmanager: { urls: ["${alertmanager}"] } }\n`;
  return files;
}
