import { describe, expect, it } from 'vitest';
import { baseNumber } from '../../../src/core/when/threshold.ts';
import { independentRulesText } from '../../../src/generate/rules/rules.ts';
import { goodConfig } from '../../support/config-folder.ts';
import { builtIn, exprsIn, linesIn, madeOf, panelOf } from './made.ts';

const withAlerts = (alerts: string, more = ''): string => `
service: shop
targets:
  - { name: api, type: http, url: "http://api/", alerts: [${alerts}] }
${more}`;

describe('a line', () => {
  it.each([
    ['http', 'Time to answer', [1]],
    ['http', 'Failed probes', [0.1]],
    ['http', 'Time until the certificate expires', [86_400, 3 * 86_400, 14 * 86_400]],
    ['postgres', 'Connections in use', [0.8, 0.95]],
    ['postgres', 'Longest query', [300]],
    ['postgres', 'Deadlocks', [5]],
    ['redis', 'Memory in use, of its limit', [0.8, 0.95]],
    ['redis', 'Time to answer', [0.1]],
    ['kafka', 'Under-replicated partitions', [0]],
    ['kafka', 'State of groups', []],
  ])('of the built-in alerts is drawn in %s: %s', (name, title, lines) => {
    expect(linesIn(panelOf(builtIn()[name], title))).toEqual(lines);
  });

  it('moves with the threshold of the config, together with what the daemon judges and with the rules that are made of it', async () => {
    for (const [threshold, value] of [
      ['800ms', 0.8],
      ['2s', 2],
    ] as const) {
      const config = withAlerts(`{ name: HttpSlow, when: p95(duration) over 5m > ${threshold} }`);
      const panel = panelOf((await madeOf(config))['http'], 'Time to answer');
      expect(linesIn(panel)).toEqual([value]);
      expect(exprsIn(panel).join()).toContain(
        'quantile_over_time(0.95, probe_duration_seconds{target=~"$target"}[5m])',
      );
      expect(independentRulesText(await goodConfig(config))).toContain(`> ${value}\n`);
      const [target] = (await goodConfig(config)).targets;
      const test = target?.target.alerts.find(({ name }) => name === 'HttpSlow')?.when.tests[0];
      if (test?.kind !== 'compare' || test.value.kind !== 'number') throw new Error('HttpSlow compares with a number');
      expect(baseNumber(test.value)).toBe(value);
    }
  });

  it('is gone with its alert', async () => {
    const { http } = await madeOf(withAlerts('{ name: HttpSlow, enabled: false }'));
    expect(linesIn(panelOf(http, 'Time to answer'))).toEqual([]);
  });

  it('that one target alone has follows the choice of targets', async () => {
    const more = '  - { name: web.1, type: http, url: "http://web/" }\n';
    const { http } = await madeOf(withAlerts('{ name: HttpSlow, when: p95(duration) over 15m > 300ms }', more));
    const panel = panelOf(http, 'Time to answer');
    expect(linesIn(panel)).toEqual([]);
    expect(exprsIn(panel)).toContain('0.3 * max by (target) (outrider_target_info{target=~"$target",target=~"api"})');
    expect(exprsIn(panel)).toContain(
      '1 * max by (target) (outrider_target_info{target=~"$target",target=~"web\\\\.1"})',
    );
  });

  it('is as grave as the gravest alert that has it', async () => {
    const { http } = await madeOf(
      withAlerts('{ name: A, when: duration > 3s, severity: P3 }, { name: B, when: duration > 3s, severity: P0 }'),
    );
    const steps = panelOf(http, 'Time to answer').fieldConfig?.defaults.thresholds?.steps;
    expect(steps).toContainEqual({ value: 3, color: 'dark-red' });
  });

  it('of a quotient, a deviation or another measure stands in a panel of its own', async () => {
    const { http } = await madeOf(
      withAlerts(
        '{ name: Odd, when: deviation(duration) over 15m > 50% }, { name: Bulky, when: processing / duration > 90% }, { name: SlowBody, when: transfer > connect }',
      ),
    );
    expect(exprsIn(panelOf(http, 'Odd of api'))).toContain('vector(0.5)');
    expect(exprsIn(panelOf(http, 'Bulky of api'))).toContain('vector(0.9)');
    expect(exprsIn(panelOf(http, 'SlowBody of api'))[1]).toContain('phase="connect"');
  });
});
