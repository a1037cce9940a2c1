import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALERT_STATES, GENERAL_ALERTS } from '../../src/core/alert.ts';
import { OWN_ALERTS } from '../../src/core/own-alert.ts';
import type { Target } from '../../src/core/target.ts';
import { goodConfig } from '../support/config-folder.ts';
import { api, comeUp, database, goDown } from '../support/outage.ts';
import { scenario } from '../support/scenario.ts';
import { aTarget, downSpec } from '../support/targets.ts';

const PAGE = readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8');

/** The rows of the table under a heading, as their cells. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = PAGE.split(new RegExp(`^## ${heading}$`, 'm'));
  const [own = ''] = section.split(/^## /m);
  return [...own.matchAll(/^\| (`.*) \|$/gm)].map(([, row = '']) => row.split(' | ').map((cell) => cell.trim()));
}

/** `runbook_url` and `runbook` of a cell with both. */
const namesIn = (cell = ''): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** Everything comes up, a version is deployed, and everything goes down, one after the other. */
function everythingFails(targets: readonly Target[]) {
  const outage = scenario(targets);
  comeUp(outage, ...targets.map(({ name }) => name));
  outage.at('5s').deploy({ version: '1.4.2' });
  for (const [index, { name }] of targets.entries()) goDown(outage, 10 + 2 * index, name);
  return outage.at('60s');
}

describe('docs/alerts.md', () => {
  it('tells every state', () => {
    expect(rowsUnder('States').flatMap(([state]) => namesIn(state))).toEqual([...ALERT_STATES]);
  });

  it('tells every alert that no type has, with its severity', () => {
    const general = GENERAL_ALERTS.map(({ name, rank }) => [`\`${name}\``, `P${String(rank)}`]);
    const told = rowsUnder('Alerts about the watching itself').map((row) => row.slice(0, 2));
    expect(told).toEqual([...OWN_ALERTS.map(({ name, severity }) => [`\`${name}\``, severity]), ...general]);
  });

  it('tells every annotation', () => {
    const known = aTarget('known', {
      runbook: 'https://runbooks.example.com',
      dashboard: 'https://grafana.example.com',
    });
    const shelf = ['a', 'b'].map((name) => aTarget(name, { places: ['shelf'] }));
    const soft = aTarget('soft', { dependsOn: [{ name: 'a', soft: true }], alerts: [downSpec('SoftDown')] });
    const targets = [database, api, known, ...shelf, soft];
    const after = everythingFails(targets);
    const seen = targets.flatMap(({ name, alerts }) =>
      alerts.flatMap((alert) => Object.keys(after.annotations(`${alert.name}/${name}`))),
    );
    const told = rowsUnder('What an alert says').flatMap(([cell]) => namesIn(cell));
    expect(told.toSorted()).toEqual([...new Set(seen)].sort());
  });

  it('tells rightly what becomes of its graph', async () => {
    const [, , graph = ''] = [...PAGE.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, body = '']) => body);
    const { targets } = await goodConfig(graph, {
      DATABASE_URL: 'postgres://database/shop',
      REDIS_URL: 'redis://cache',
    });
    const after = everythingFails(targets.map(({ target }) => target).toReversed());
    const rows = rowsUnder('Root causes and symptoms');
    expect(rows.length).toBe(targets.length);
    for (const [alert = '', severity = '', state = '', annotation = ''] of rows) {
      const key = alert.replace(/^`(\w+)` of (\w+)$/, '$1/$2');
      expect(after.alert(key)).toMatchObject({ severity, state: namesIn(state)[0] });
      const [name = '', value] = namesIn(annotation)[0]?.split(': ') ?? [];
      if (name !== '') expect(after.annotations(key)[name]).toBe(value);
    }
  });
});
