import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboardFiles } from '../../../src/generate/dashboards/dashboards.ts';
import { builtInSet, setOf } from '../../../src/generate/dashboards/set.ts';
import { goodConfig } from '../../support/config-folder.ts';
import { panelsOf } from '../../support/dashboards/asked.ts';

export type Made = Readonly<Record<string, Dashboard>>;

const parsed = (files: Readonly<Record<string, string>>): Made =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name.replace('.json', ''), JSON.parse(text)]));

/** The dashboards that are checked in. */
export const builtIn = (): Made => parsed(dashboardFiles(builtInSet()));

/** The dashboards of a config (YAML). */
export const madeOf = async (config: string, runbooks?: string): Promise<Made> =>
  parsed(dashboardFiles(setOf(await goodConfig(config), runbooks)));

/** A panel by its title. */
export function panelOf(dashboard: Dashboard | undefined, title: string): Panel {
  const found = dashboard === undefined ? undefined : panelsOf(dashboard).find((panel) => panel.title === title);
  if (found === undefined) throw new Error(`no panel "${title}" in ${dashboard?.title}`);
  return found;
}

/** The values at which a panel draws a line over its whole width. */
export const linesIn = ({ fieldConfig }: Panel): readonly number[] =>
  (fieldConfig?.defaults.thresholds?.steps ?? []).flatMap(({ value }) => (value === null ? [] : [value]));

/** The expressions of a panel. */
export const exprsIn = ({ targets = [] }: Panel): readonly string[] =>
  (targets as readonly unknown[] as readonly { readonly expr: string }[]).map(({ expr }) => expr);
