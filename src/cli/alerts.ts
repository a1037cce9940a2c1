import { OutriderError } from '../core/errors.ts';
import { age } from './age.ts';
import type { ExitCode, Style, Surroundings } from './contract.ts';
import { type Daemon, type DaemonFlags, openDaemon } from './daemon.ts';
import { type Alert, type ExplainedAlert, explained } from './explained.ts';
import { type Cell, table } from './table.ts';

type AlertFlags = DaemonFlags & { readonly explain?: string };

/** What somebody has to look at comes first. */
const STATES: readonly string[] = ['firing', 'pending', 'suppressed', 'silenced'];
const STYLES: Readonly<Record<string, Style>> = { firing: 'red', pending: 'yellow' };
/** So much of a fingerprint tells alerts apart, as of a commit; any longer beginning is taken too. */
const SHOWN = 8;

/** `outrider alerts`: what is active; with `--explain` why one alert is in its state. */
export async function alerts(around: Surroundings, flags: AlertFlags): Promise<ExitCode> {
  const daemon = openDaemon(around, flags);
  const active = await daemon.all<Alert>('/api/v1/alerts');
  if (flags.explain !== undefined) return explain(around, daemon, active, flags.explain, flags);
  if (flags.json === true) around.out(`${JSON.stringify(active, null, 2)}\n`);
  else if (active.length === 0) around.err('no alert is active\n');
  else around.out(tableOf(active, around));
  return 0;
}

function tableOf(active: readonly Alert[], { clock, style }: Surroundings): string {
  const { wallMs } = clock.now();
  const byFingerprint = new Map(active.map((alert) => [alert.fingerprint, alert]));
  const rankOf = ({ state }: Alert): number => STATES.indexOf(state);
  const sorted = active.toSorted(
    (a, b) => rankOf(a) - rankOf(b) || (a.severity < b.severity ? -1 : a.severity > b.severity ? 1 : 0),
  );
  const rows = sorted.map((alert): readonly (string | Cell)[] => {
    const look = STYLES[alert.state];
    const causes = (alert.suppressedBy ?? []).flatMap((cause) => byFingerprint.get(cause)?.target ?? []);
    const covers = [...causes, ...(alert.silencedBy ?? []).map(short)];
    const by = covers.length === 0 ? '' : ` by ${covers.join(', ')}`;
    return [
      alert.fingerprint.slice(0, SHOWN),
      alert.severity,
      { text: `${alert.state}${by}`, ...(look === undefined ? {} : { style: look }) },
      alert.alertname ?? '–',
      alert.target === '' ? '–' : alert.target,
      age(alert.since, wallMs),
      alert.annotations['summary'] ?? '',
    ];
  });
  return table(['FINGERPRINT', 'SEVERITY', 'STATE', 'ALERT', 'TARGET', 'FOR', 'SUMMARY'], rows, style);
}

/** Of a silence's id the beginning; a maintenance window's is its name and its time. */
const short = (id: string): string => (/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(id) ? id.slice(0, SHOWN) : id);

async function explain(
  around: Surroundings,
  daemon: Daemon,
  active: readonly Alert[],
  beginning: string,
  { json }: AlertFlags,
): Promise<ExitCode> {
  const wanted = beginning.toLowerCase();
  const found = active.filter(({ fingerprint }) => fingerprint.startsWith(wanted));
  const [only] = found;
  if (only === undefined || wanted === '') {
    around.err(
      `error: no active alert has a fingerprint that begins with "${beginning}"; outrider alerts lists them\n`,
    );
    return 1;
  }
  if (found.length > 1) {
    const all = found.map(({ fingerprint, alertname = '', target }) => `  ${fingerprint}  ${alertname} ${target}`);
    throw new OutriderError(
      'usage',
      `"${beginning}" begins the fingerprints of ${found.length} alerts:\n${all.join('\n')}`,
    );
  }
  const told = await daemon.one<ExplainedAlert>(`/api/v1/alerts/${only.fingerprint}`);
  around.out(json === true ? `${JSON.stringify(told, null, 2)}\n` : explained(told, around));
  return 0;
}
