import type { AlertSpec } from '../core/alert.ts';
import { formatDuration } from '../core/duration.ts';
import type { Scrub } from '../core/secret.ts';
import type { Target } from '../core/target.ts';
import { printWhen } from '../core/when/print.ts';
import type { AlertEntry } from './alert-entry.ts';
import { type Draft, giver } from './alert-merge.ts';
import type { AlertSources } from './alert-sources.ts';
import { originsOf } from './alerts.ts';
import type { Explained, Origin } from './origin.ts';

/** One alert in force, with where its parts come from. */
export interface ExplainedAlert {
  readonly name: string;
  /** `when`, `for`, `severity`, and of `raise`, `keep_firing_for` what there is. */
  readonly parts: readonly Explained[];
}

interface Explaining {
  readonly origin: Origin;
  /** The choice of built-in alerts, and where it is written. */
  readonly chosen: Explained;
  readonly scrub: Scrub;
}

/** The alerts of a target, on and off. `target` has those that are on. */
export function explainAlerts(
  sources: AlertSources,
  target: Target,
  { origin, chosen, scrub }: Explaining,
): { readonly alerts: readonly ExplainedAlert[]; readonly off: readonly Explained[] } {
  const drafts = originsOf(sources);
  const specs = new Map(target.alerts.map((spec) => [spec.name, spec]));
  const named = new Set(drafts.map(({ name }) => name));
  const left = sources.builtIn.filter(({ name }) => !named.has(name));
  return {
    alerts: drafts.flatMap((draft) => {
      const spec = draft.on ? specs.get(draft.name) : undefined;
      if (spec === undefined) return [];
      const parts = partsOf(spec, draft, target, origin).map((part) => ({ ...part, value: scrub(part.value) }));
      return [{ name: draft.name, parts }];
    }),
    off: [
      ...drafts
        .filter(({ on }) => !on)
        .map(({ name, layers }) => ({
          name,
          value: 'off',
          ...origin([...(giver(layers, 'enabled')?.path ?? []), 'enabled']),
        })),
      ...left.map(({ name }) => ({ ...chosen, name, value: 'off' })),
    ],
  };
}

function partsOf(spec: AlertSpec, { builtIn, layers }: Draft, target: Target, origin: Origin): readonly Explained[] {
  const part = (name: keyof AlertEntry, value: string, otherwise = 'built-in'): Explained => {
    const layer = giver(layers, name);
    return layer === undefined ? { name, value, from: otherwise } : { name, value, ...origin([...layer.path, name]) };
  };
  const byCritical = typeof builtIn?.rank !== 'number' && builtIn !== undefined && target.critical !== undefined;
  const raise = spec.raise.map(({ afterMs, severity }) => `${severity} after ${formatDuration(afterMs)}`);
  return [
    part('when', printWhen(spec.when)),
    part('for', formatDuration(spec.forMs)),
    part('severity', spec.severity, byCritical ? 'built-in, by critical' : 'built-in'),
    ...(spec.keepFiringForMs > 0 ? [part('keep_firing_for', formatDuration(spec.keepFiringForMs))] : []),
    ...(raise.length > 0 ? [part('raise', raise.join(', '))] : []),
  ];
}
