import { compileMatchers } from '../core/matching.ts';
import type { Mutable, Scope } from '../core/silence.ts';

/** What a silence or a maintenance covers, ready to be asked. */
export interface Covers {
  alert(alert: Mutable): boolean;
  /** Whatever the labels of the target's alerts. */
  target(name: string, group: string | undefined): boolean;
}

/** Whatever can be asked, or what is wrong with its matchers. */
export type Compiled = { readonly ok: true; readonly covers: Covers } | { readonly ok: false; readonly wrong: string };

/** Compiles what a mute rule is for; a rule for everything is refused, as Alertmanager refuses it. */
export function compileScope({ targets, groups, matchers }: Scope): Compiled {
  const names = new Set(targets);
  const headings = new Set(groups);
  const target: Covers['target'] = (name, group) => names.has(name) || (group !== undefined && headings.has(group));
  if (matchers.length === 0) {
    if (names.size + headings.size === 0)
      return { ok: false, wrong: 'it covers nothing: name targets, groups or matchers' };
    return { ok: true, covers: { target, alert: (alert) => target(alert.target, alert.group) } };
  }
  const compiled = compileMatchers(matchers);
  if (!compiled.ok) return compiled;
  const { fits, fitsNone } = compiled.matching;
  if (fitsNone)
    return { ok: false, wrong: 'it would cover everything: at least one matcher must not match an empty label' };
  return { ok: true, covers: { target, alert: (alert) => target(alert.target, alert.group) || fits(alert.labels) } };
}
