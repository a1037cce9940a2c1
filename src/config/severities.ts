import { SEVERITIES, type Severity } from '../core/severity.ts';
import { type Checking, complain } from './checked.ts';
import type { ConfiguredSeverity } from './config.ts';
import type { FileKeys } from './file-schema.ts';
import { childOf, type Path } from './located.ts';
import { readKeys } from './read-keys.ts';
import { type SeverityKeys, severitySchema } from './severity-schema.ts';
import type { WrittenTarget } from './targets.ts';

/** What is in force without `severities`; an entry of it has from here what it does not say. */
const OURS: readonly SeverityKeys[] = [
  {
    ...{ name: 'P0', acknowledge_within: '2m', respond_within: '5m', resolve_within: '1h', update_every: '15m' },
    ...{ hold: '30s', incident: true },
  },
  {
    ...{ name: 'P1', acknowledge_within: '5m', respond_within: '15m', resolve_within: '4h', update_every: '30m' },
    ...{ hold: '1m', incident: true },
  },
  {
    ...{ name: 'P2', respond_within: '2h', resolve_within: '24h', update_every: '30m', hold: '5m' },
    incident: true,
  },
  { name: 'P3', respond_within: 'next business day', resolve_within: '1w', hold: '15m', incident: false },
].map((each) => severitySchema.parse(each));

/** The names of the severities in use, gravest first. */
export const severityNames = ({ severities }: Partial<FileKeys>): readonly Severity[] =>
  severities?.map(({ name }) => name) ?? SEVERITIES;

/** The severities of a config without mistakes, gravest first. */
export const severitiesOf = ({ severities = [...OURS] }: FileKeys): readonly ConfiguredSeverity[] =>
  severities.map((written) => {
    const all = { ...OURS.find(({ name }) => name === written.name), ...written };
    return {
      name: all.name,
      acknowledgeWithinMs: all.acknowledge_within,
      respondWithinMs: all.respond_within,
      resolveWithinMs: all.resolve_within,
      updateEveryMs: all.update_every,
      holdMs: all.hold ?? 0,
      alertmanager: all.alertmanager ?? all.name,
      to: all.to === undefined ? undefined : [...new Set(all.to)],
      escalation: all.escalation,
      incident: all.incident ?? true,
    };
  });

/** Tells of severities that are there twice or out of order, and of names in their `to` that no receiver has. */
export function checkSeverities(
  checking: Checking,
  checkReceivers: (path: Path, names: readonly string[]) => void,
): void {
  const list = childOf(checking.root, 'severities');
  if (list?.kind !== 'seq') return;
  const before: Severity[] = [];
  for (const [index, node] of list.items.entries()) {
    if (node.kind !== 'map') continue;
    const path = ['severities', index];
    // The form of the keys was told of with the file.
    const { values } = readKeys({ ...checking, problems: [], warnings: [] }, severitySchema, node, path);
    checkReceivers([...path, 'to'], values.to ?? []);
    if (values.name === undefined) continue;
    const message = orderProblem(values.name, before);
    if (message !== undefined) complain(checking, [...path, 'name'], { message });
    before.push(values.name);
  }
}

function orderProblem(name: Severity, before: readonly Severity[]): string | undefined {
  if (before.includes(name)) return `${name} is there already`;
  const milder = before.find((each) => each > name);
  return milder === undefined ? undefined : `expected the gravest first: ${name} is graver than ${milder}`;
}

/** Tells of alerts whose severity is not in use. */
export function checkSeveritiesOfAlerts(
  checking: Checking,
  file: Partial<FileKeys>,
  targets: readonly Pick<WrittenTarget, 'keys' | 'path'>[],
): void {
  const { severities, defaults } = file;
  if (severities === undefined) return;
  const used = severityNames(file);
  const check = (path: Path, severity: Severity | undefined): void => {
    if (severity === undefined || used.includes(severity)) return;
    complain(checking, path, { message: `no severity is called "${severity}"; there are ${used.join(', ')}` });
  };
  const lists = [
    { path: ['defaults', 'alerts'], entries: defaults?.alerts ?? [] },
    ...targets.map(({ keys, path }) => ({ path: [...path, 'alerts'], entries: keys.alerts ?? [] })),
  ];
  for (const { path, entries } of lists)
    for (const [index, { severity, raise = [] }] of entries.entries()) {
      check([...path, index, 'severity'], severity);
      for (const [step, raised] of raise.entries()) check([...path, index, 'raise', step, 'severity'], raised.severity);
    }
}
