import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { binary } from '../../demo/service/binary.ts';

const ROOT = join(import.meta.dirname, '../..');
const ALERTS = join(ROOT, 'alerts');
const RUNBOOKS = join(ROOT, 'docs/runbooks');
const FILES = ['outrider.rules.yml', 'targets.rules.yml'];

interface WrittenRule {
  readonly alert?: string;
  readonly record?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly WrittenRule[] }[];
}
interface TestFile {
  readonly rule_files: readonly string[];
  readonly tests: readonly {
    readonly promql_expr_test: readonly { readonly exp_samples: readonly { readonly labels: string }[] }[];
  }[];
}

const rulesIn = (file: string) =>
  (parse(readFileSync(join(ALERTS, file), 'utf8'), { version: '1.1' }) as RuleFile).groups;
const tests = readdirSync(join(ALERTS, 'tests'));
const alertsIn = (file: string) =>
  rulesIn(file).flatMap(({ name, rules }) => rules.map((rule) => ({ ...rule, group: name })));
const all = FILES.flatMap(alertsIn).filter(({ alert }) => alert !== undefined);

const promtool = async (...args: readonly string[]) => {
  const { stdout, stderr } = await promisify(execFile)(binary('promtool'), args, { cwd: join(ALERTS, 'tests') });
  return `${stdout}${stderr}`;
};

describe('the rule files', () => {
  it.each(FILES)('promtool has nothing to say about %s', async (file) => {
    const count = alertsIn(file).length;
    expect(count).toBeGreaterThan(30);
    expect((await promtool('check', 'rules', '--lint=all', '--lint-fatal', `../${file}`)).trim()).toBe(
      `Checking ../${file}\n  SUCCESS: ${count} rules found`,
    );
  });

  it.each(tests)('fire and are silent as %s says', async (file) => {
    expect(await promtool('test', 'rules', file)).toMatch(/^Unit Testing: .*\n\s+SUCCESS\s*$/);
  });

  it.each(FILES)('have each rule of %s fire in a test, and be silent in another', (file) => {
    const ours = tests
      .map((name) => parse(readFileSync(join(ALERTS, 'tests', name), 'utf8')) as TestFile)
      .filter((test) => test.rule_files.includes(`../${file}`))
      .flatMap((test) => test.tests.map((one) => one.promql_expr_test.flatMap(({ exp_samples: samples }) => samples)));
    const firesIn = (alert: string) =>
      ours.filter((samples) => samples.some(({ labels }) => labels.includes(`alertname="${alert}"`))).length;
    const counts = alertsIn(file).flatMap(({ alert }) =>
      alert === undefined ? [] : [{ alert, fires: firesIn(alert) }],
    );
    expect(counts.filter(({ fires }) => fires === 0 || fires === ours.length)).toEqual([]);
  });

  it('have a summary, what it means, and a page that exists', () => {
    for (const { alert, annotations = {} } of all) {
      expect(Object.keys(annotations), alert).toEqual(['summary', 'description', 'runbook_url']);
      expect(annotations['runbook_url']).toBe(`docs/runbooks/${alert}.md`);
      expect(existsSync(join(ROOT, annotations['runbook_url'] ?? '')), alert).toBe(true);
    }
  });

  it('have a severity of the config, those of targets the one that the config gives', () => {
    const own = all.filter(({ group }) => group === 'outrider');
    expect(own.filter(({ labels }) => !/^P[0-3]$/.test(labels?.['severity'] ?? ''))).toEqual([]);
    const others = all.filter(({ group, alert }) => group !== 'outrider' && alert !== 'OutriderWatchdog');
    expect(others.filter(({ labels }) => labels !== undefined)).toEqual([]);
  });
});

describe('the runbooks', () => {
  const pages = readdirSync(RUNBOOKS).filter((name) => name !== 'README.md');

  it('are one for each alert of the rules', () => {
    expect(pages.map((name) => name.replace(/\.md$/, '')).sort()).toEqual(
      [...new Set(all.map(({ alert }) => alert))].sort(),
    );
  });

  it.each(pages)('%s tells what it means, what to look at, its causes and what to do, and not more', (name) => {
    const text = readFileSync(join(RUNBOOKS, name), 'utf8');
    expect(text.match(/^#+ .*$/gm)).toEqual([
      `# ${name.replace(/\.md$/, '')}`,
      '## Look first',
      '## Usual causes',
      '## What to do',
    ]);
    expect(text.split('\n').length).toBeLessThanOrEqual(30);
  });

  it('lead only to pages that exist', () => {
    for (const name of [...pages, 'README.md']) {
      const text = readFileSync(join(RUNBOOKS, name), 'utf8');
      for (const [, link = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))
        expect(existsSync(join(RUNBOOKS, link)), `${name}: ${link}`).toBe(true);
    }
  });
});
