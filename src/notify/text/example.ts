import type { Alert, Notice } from '../../core/alert.ts';
import type { Message } from '../contract.ts';
import { type MessageView, viewOf } from './view.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 3, 4, 5);

/** An alert with everything that an alert can have. */
const alertOf = (target: string, startsAtMs: number): Alert => ({
  origin: 'own',
  fingerprint: '0123456789abcdef',
  labels: { alertname: 'PostgresDown', service: 'shop', target, type: 'postgres', severity: 'P1', team: 'core' },
  annotations: {
    summary: `Postgres ${target} is down`,
    description: 'connection refused by "127.0.0.1:5432"',
    runbook_url: 'https://runbooks.example.com/postgres',
    dashboard_url: 'https://grafana.example.com/d/postgres',
    root_cause: 'database',
    symptoms: 'api, jobs',
    changes: 'deployment 1.4.2, 3m before',
    evidence: 'connection refused by 127.0.0.1:5432\nsince 03:00:00',
  },
  severity: 'P1',
  target,
  state: 'firing',
  startsAtMs,
  generatorUrl: `https://outrider.example.com/targets/${target}`,
  suppressedBy: [],
  silencedBy: [],
  group: '0123456789abcdef',
});

/** A message in which everything that a template knows has a value: one alert began, one ended, one goes on. */
export function exampleMessage(): Message {
  const changed: readonly Notice[] = [
    { status: 'firing', alert: alertOf('database', NOW_MS - 65_000) },
    { status: 'resolved', alert: alertOf('replica', NOW_MS - 245_000), endsAtMs: NOW_MS - 5000 },
  ];
  return {
    step: 'more',
    group: '0123456789abcdef',
    groupLabels: {},
    changed,
    standing: [alertOf('archive', NOW_MS - 245_000)],
    sinceMs: NOW_MS - 245_000,
    key: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
    isRepeat: false,
    thread: undefined,
  };
}

/** That message as its templates see it. */
export const exampleView = (): MessageView =>
  viewOf(exampleMessage(), { receiver: 'ops', externalUrl: 'https://outrider.example.com', timezone: 'UTC' }, NOW_MS);
