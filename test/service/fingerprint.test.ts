import { expect, it } from 'vitest';
import { startAlertmanager } from '../../demo/service/alertmanager.ts';
import { fingerprint, type Labels } from '../../src/core/labels.ts';
import { activeAlerts } from '../support/alertmanager.ts';
import { until } from '../support/wait.ts';

const LABELS: readonly Labels[] = [
  { alertname: 'PostgresDown', service: 'shop', target: 'database', type: 'postgres', severity: 'P0' },
  { alertname: 'Unsorted', zone: 'z', Zone: 'Z', _private: '_', a1: '1', a: '2', aa: '3' },
  { alertname: 'Texts', target: 'Straße № 5', quote: '"\\', lines: 'one\ntwo', emoji: '🦦', separator: '\u00ff' },
  { alertname: 'Long', text: 'x'.repeat(10_000) },
];

it('our fingerprint of an alert is that of a real Alertmanager', async () => {
  await using alertmanager = await startAlertmanager();
  const answer = await fetch(`${alertmanager.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(LABELS.map((labels) => ({ labels }))),
  });
  expect(answer.status).toBe(200);
  const { value: known } = await until('all are known', async () => {
    const alerts = await activeAlerts(alertmanager.url);
    return alerts.length === LABELS.length ? alerts : undefined;
  });
  expect(Object.fromEntries(known.map(({ labels, fingerprint: theirs }) => [labels['alertname'], theirs]))).toEqual(
    Object.fromEntries(LABELS.map((labels) => [labels['alertname'], fingerprint(labels)])),
  );
});
