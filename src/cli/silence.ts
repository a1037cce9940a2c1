import { toRfc3339 } from '../core/clock.ts';
import { parseDurationMs } from '../core/duration.ts';
import { OutriderError } from '../core/errors.ts';
import { matcherText, parseMatchers } from '../core/matcher-text.ts';
import type { LabelMatcher } from '../core/silence.ts';
import { age } from './age.ts';
import type { ExitCode, Style, Surroundings } from './contract.ts';
import { type DaemonFlags, openDaemon } from './daemon.ts';
import { table } from './table.ts';

type AddFlags = DaemonFlags & { readonly for?: string; readonly comment?: string; readonly by?: string };
type ListFlags = DaemonFlags & { readonly expired?: boolean };

/** A silence of the API, in Alertmanager's shape. */
interface Silence {
  readonly id: string;
  readonly matchers: readonly LabelMatcher[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
  readonly status: { readonly state: 'active' | 'pending' | 'expired' };
}

const STYLES: Readonly<Record<Silence['status']['state'], Style>> = {
  active: 'green',
  pending: 'yellow',
  expired: 'bold',
};
/** As amtool's. */
export const DEFAULT_FOR = '1h';

/** `outrider silence add`: alerts whose labels fit every matcher are told to nobody for a while; the answer is its id. */
export async function addSilence(around: Surroundings, texts: readonly string[], flags: AddFlags): Promise<ExitCode> {
  const matchers = texts.flatMap(matchersOf);
  const forMs = parseDurationMs(flags.for ?? DEFAULT_FOR);
  if (forMs === undefined || forMs === 0)
    throw new OutriderError('usage', `--for: expected a duration such as 2h or 30m, got "${flags.for}"`);
  const { wallMs } = around.clock.now();
  const silence = await openDaemon(around, flags).post<Silence>('/api/v1/silences', {
    matchers,
    startsAt: toRfc3339(wallMs),
    endsAt: toRfc3339(wallMs + forMs),
    comment: flags.comment ?? '',
    ...(flags.by === undefined ? {} : { createdBy: flags.by }),
  });
  around.out(flags.json === true ? `${JSON.stringify(silence, null, 2)}\n` : `${silence.id}\n`);
  return 0;
}

/** As for amtool, a word alone is the name of an alert. */
function matchersOf(text: string): readonly LabelMatcher[] {
  if (/^[A-Za-z_]\w*$/.test(text)) return [{ name: 'alertname', value: text, isRegex: false, isEqual: true }];
  const parsed = parseMatchers(text);
  if (parsed.ok) return parsed.matchers;
  throw new OutriderError('usage', `${text}\n${' '.repeat('error: '.length + parsed.at)}^ ${parsed.message}`);
}

/** `outrider silence list`: those that are set or will be, and with `--expired` those that were. */
export async function listSilences(around: Surroundings, flags: ListFlags): Promise<ExitCode> {
  const all = await openDaemon(around, flags).all<Silence>('/api/v1/silences');
  const shown = flags.expired === true ? all : all.filter(({ status }) => status.state !== 'expired');
  if (flags.json === true) {
    around.out(`${JSON.stringify(shown, null, 2)}\n`);
    return 0;
  }
  if (shown.length === 0) {
    around.err('no silence is set\n');
    return 0;
  }
  const { wallMs } = around.clock.now();
  const rows = shown.map((silence) => [
    silence.id,
    { text: silence.status.state, style: STYLES[silence.status.state] },
    silence.matchers.map(matcherText).join(' '),
    when(silence, wallMs),
    silence.createdBy,
    silence.comment,
  ]);
  around.out(table(['ID', 'STATE', 'MATCHERS', 'WHEN', 'BY', 'COMMENT'], rows, around.style));
  return 0;
}

function when({ status: { state }, startsAt, endsAt }: Silence, nowMs: number): string {
  if (state === 'expired') return `ended ${age(endsAt, nowMs)} ago`;
  return state === 'pending' ? `begins in ${age(startsAt, nowMs)}` : `ends in ${age(endsAt, nowMs)}`;
}

/** `outrider silence expire`: ends silences now. */
export async function expireSilences(
  around: Surroundings,
  ids: readonly string[],
  flags: DaemonFlags,
): Promise<ExitCode> {
  const daemon = openDaemon(around, flags);
  for (const id of ids) await daemon.remove(`/api/v1/silences/${encodeURIComponent(id)}`);
  return 0;
}
