import type { Alert, AlertState } from '../core/alert.ts';
import type { Change } from '../core/change.ts';
import { formatDuration } from '../core/duration.ts';
import type { Labels } from '../core/labels.ts';
import { printThreshold } from '../core/when/print.ts';
import { valueText } from '../core/when/value-text.ts';
import { type Beginning, beginningIn, beginningOf } from './roll.ts';
import { isFiring, isMuted, isTold, type Tracked } from './tracked.ts';

/** More names than this help nobody at three in the morning. */
export const NAMES_SHOWN = 20;
const CHANGES_SHOWN = 5;

/** A muted alert that fires is silenced, whoever was told of it before; one that was told fires until it ends. */
export function stateOf(tracked: Tracked): AlertState {
  if (!isFiring(tracked)) return 'pending';
  if (isMuted(tracked)) return 'silenced';
  if (isTold(tracked)) return 'firing';
  return tracked.roots.length > 0 || tracked.freeAtMs !== undefined ? 'suppressed' : 'pending';
}

/** What else is known that belongs to an alert. */
export interface Surroundings {
  /** What may have to do with it, but explains nothing. */
  causes(tracked: Tracked): readonly string[];
  /** What changed before it, the nearest first. */
  changes(tracked: Tracked): readonly Change[];
  /** The targets that failed in its place at its time, itself among them. */
  together(group: string): Beginning;
}

/** What receivers, UI and API see of it. */
export function present(tracked: Tracked, around: Surroundings): Alert {
  const { voice, found, muted } = tracked;
  return {
    origin: tracked.origin,
    fingerprint: voice.fingerprint,
    labels: voice.labels,
    annotations: tracked.origin === 'external' ? externalNotes(tracked) : annotations(tracked, around),
    severity: voice.severity,
    target: tracked.target.name,
    state: stateOf(tracked),
    startsAtMs: tracked.startsAtMs ?? found.since.wallMs,
    generatorUrl: tracked.generatorUrl,
    suppressedBy: tracked.roots.map((root) => root.voice.fingerprint),
    silencedBy: [...muted.silences, ...muted.maintenance],
    group: groupOf(tracked),
    value: found.value,
    threshold: found.threshold,
  };
}

/** What /metrics shows of an alert: all that costs no look at its surroundings. */
export type Glimpse = Pick<Alert, 'labels' | 'state' | 'startsAtMs' | 'value' | 'threshold'>;

/** An alert as /metrics shows it. */
export function glimpse(tracked: Tracked): Glimpse {
  const { voice, found } = tracked;
  const { value, threshold, since } = found;
  return { labels: voice.labels, state: stateOf(tracked), startsAtMs: since.wallMs, value, threshold };
}

/** An alert that is explained belongs to its root's group. */
const groupOf = ({ roots: [root], group }: Tracked): string => root?.group ?? group;

function annotations(tracked: Tracked, around: Surroundings): Labels {
  const { found, target } = tracked;
  const { spec, message } = found;
  const runbook = spec.runbook ?? target.runbook;
  const notes: Record<string, string> = {
    summary: fill(spec.summary, tracked),
    description: spec.description === undefined ? message : fill(spec.description, tracked),
    evidence: message,
  };
  if (runbook !== undefined) Object.assign(notes, { runbook_url: runbook, runbook });
  if (target.dashboard !== undefined) notes['dashboard_url'] = target.dashboard;
  return Object.assign(notes, relations(tracked, around));
}

const externalNotes = (tracked: Tracked): Labels => ({ ...tracked.annotations, ...rootNote(tracked) });

/** The names of what explains an alert. */
export const rootCauseOf = ({ roots, target }: Tracked): string | undefined =>
  roots.length > 0 ? list([...namesOf(roots, target.name)]) : undefined;

function rootNote(tracked: Tracked): { readonly root_cause?: string } {
  const cause = rootCauseOf(tracked);
  return cause === undefined ? {} : { root_cause: cause };
}

function relations(tracked: Tracked, around: Surroundings): Labels {
  const notes: Record<string, string> = { ...rootNote(tracked) };
  const symptoms = namesOf(tracked.symptoms, tracked.target.name);
  if (symptoms.size > 0) notes['symptoms'] = beginningOf(symptoms, NAMES_SHOWN).text;
  if (tracked.roots.length > 0) return notes;
  const causes = around.causes(tracked);
  if (causes.length > 0) notes['possible_causes'] = list(causes);
  const changes = around.changes(tracked);
  if (changes.length > 0) notes['changes'] = changes.slice(0, CHANGES_SHOWN).map(changeText(tracked)).join('; ');
  const together = around.together(tracked.group);
  if (together.count > 1) notes['same_place'] = together.text;
  return notes;
}

const changeText =
  ({ found }: Tracked) =>
  ({ atMs, text }: Change): string => {
    const seconds = Math.max(0, Math.round((found.since.wallMs - atMs) / 1000));
    return `${formatDuration(seconds * 1000)} before: ${text}`;
  };

/** Names of their targets, each once. An alert of the same target goes by its own name. */
function namesOf(alerts: Iterable<Tracked>, besides: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { target, found } of alerts) names.add(target.name === besides ? found.spec.name : target.name);
  return names;
}

const list = (names: readonly string[]): string => beginningIn(names, NAMES_SHOWN).text;

const PLACEHOLDER = /\{\{\s*([a-z]+)(?:\.([A-Za-z_][A-Za-z0-9_]*))?\s*\}\}/g;

/** Fills `{{ target }}`, `{{ value }}`, `{{ threshold }}` and `{{ labels.x }}`; anything else stays as it is. */
function fill(template: string, tracked: Tracked): string {
  const { labels } = tracked.voice;
  return template.replace(PLACEHOLDER, (whole, name: string, label: string | undefined) => {
    if (name === 'labels' && label !== undefined) return labels[label] ?? tracked.found.labels[label] ?? '';
    if (label !== undefined) return whole;
    if (name === 'target') return tracked.target.name;
    if (name === 'value') return seenText(tracked);
    return name === 'threshold' ? thresholdText(tracked) : whole;
  });
}

/** What is seen: the compared value, else the test that holds: `down`. */
function seenText({ found: { spec, value } }: Tracked): string {
  if (value !== undefined) return valueText(spec, value);
  return spec.when.tests[0]?.kind ?? '';
}

function thresholdText({ found: { spec, threshold } }: Tracked): string {
  const compared = spec.when.tests.find((test) => test.kind === 'compare');
  if (compared === undefined) return '';
  const isName = compared.value.kind === 'word' && threshold !== undefined;
  return isName ? valueText(spec, threshold) : printThreshold(compared.value);
}
