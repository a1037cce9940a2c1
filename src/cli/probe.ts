import { SECRET_KEY, urlSecrets } from '../config/hidden.ts';
import { formatProblem } from '../config/problems.ts';
import { toRfc3339 } from '../core/clock.ts';
import { nearest } from '../core/nearest.ts';
import type { ProbeResult } from '../core/result.ts';
import { scrubber } from '../core/secret.ts';
import type { ExitCode, Surroundings } from './contract.ts';
import { report } from './report.ts';
import { configFiles, type Flags } from './settings.ts';

type ProbeFlags = Flags & { readonly json?: boolean };

/** `outrider probe NAME|URL`: one probe now, without a daemon. */
export async function probe(around: Surroundings, what: string, flags: ProbeFlags): Promise<ExitCode> {
  const found = what.includes('://') ? byUrl(around, what) : await inConfig(around, what, flags);
  if (!found.ok) {
    around.err(`${found.why}\n`);
    return found.code;
  }
  const waiting = around.onTerminal ? `probing ${found.target.target.name} …` : '';
  around.err(waiting);
  const result = await around.probe(found.target, found.config);
  if (waiting !== '') around.err(`\r${' '.repeat(waiting.length)}\r`);
  // A server may say anything back, also what it was told.
  const scrub = scrubber([...(found.config?.secrets ?? []), ...(what.includes('://') ? secretsOf(what) : [])]);
  const told = flags.json === true ? `${JSON.stringify(toJson(result), null, 2)}\n` : report(result, around.style);
  around.out(scrub(told));
  return result.outcome === 'up' ? 0 : 1;
}

function byUrl(around: Surroundings, url: string) {
  const made = around.targetOf(url);
  return made.ok ? { ...made, config: undefined } : { ok: false as const, code: 2 as const, why: `error: ${made.why}` };
}

/** What of a URL nobody may read again. */
const secretsOf = (text: string): readonly string[] => [
  ...urlSecrets(text),
  ...[...(URL.parse(text)?.searchParams ?? [])].flatMap(([key, value]) => (SECRET_KEY.test(key) ? [value] : [])),
];

async function inConfig(around: Surroundings, name: string, flags: ProbeFlags) {
  const files = configFiles(flags, around.env);
  const loaded = await around.load(files);
  if (!loaded.ok) return { ok: false as const, code: 1 as const, why: loaded.problems.map(formatProblem).join('\n') };
  const { config } = loaded;
  const target = config.targets.find((one) => one.target.name === name);
  if (target !== undefined) return { ok: true as const, target, config };
  const names = config.targets.map((one) => one.target.name);
  return { ok: false as const, code: 2 as const, why: `error: ${unknownTarget(name, names, files)}` };
}

/** Most names that a message lists. */
const MOST_NAMES = 10;

function unknownTarget(name: string, names: readonly string[], files: readonly string[]): string {
  // It may have been meant as a URL, and those may carry a password.
  if (/[/:@]/.test(name)) return 'a URL begins with its scheme, as in http://localhost:8080/';
  const near = nearest(name, names);
  const listed = names.slice(0, MOST_NAMES).join(', ');
  const others = names.length > MOST_NAMES ? `${listed}, …` : listed;
  const hint = near === undefined ? `; it has ${others === '' ? 'none' : others}` : `; did you mean "${near}"?`;
  return `${files.join(', ')} has no target "${name}"${hint}`;
}

const toJson = ({ at, ...rest }: ProbeResult): object => ({ ...rest, at: toRfc3339(at.wallMs) });
