import type { ConfiguredTarget } from './config.ts';
import type { FileKeys } from './file-schema.ts';

/** What of a config is accepted and checked, yet does nothing, as short names. */
export function notActedOn(file: FileKeys, targets: readonly ConfiguredTarget[]): readonly string[] {
  const names: string[] = [];
  if (file.store !== undefined) names.push('store');
  if (file.auth?.users !== undefined) names.push('auth.users');
  if (file.connectivity !== undefined) names.push('connectivity');
  const idle = new Set<string>();
  let builtIn = false;
  for (const { target } of targets) {
    for (const { name, when, origin } of target.alerts) {
      if (when.tests.every(({ kind }) => kind === 'down')) continue;
      if (origin === 'built-in') builtIn = true;
      else idle.add(name);
    }
  }
  for (const name of idle) names.push(`alert ${name}`);
  if (builtIn) names.push('built-in alerts on measures');
  return names;
}
