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

const TELLER = { receiver: 'ops', externalUrl: 'https://outrider.example.com', timezone: 'UTC' };

/** That message as its templates see it. */
export const exampleView = (): MessageView => viewOf(exampleMessage(), TELLER, NOW_MS);

/** The same with nothing but its summary. */
const bare = (notice: Notice): Notice => {
  const { annotations, ...alert } = notice.alert;
  return {
    ...notice,
    alert: { ...alert, generatorUrl: undefined, annotations: { summary: annotations['summary'] ?? '' } },
  };
};

/** Views of a whole trouble, from its first message to the last, and of a test, of which little is known. */
export function exampleViews(): readonly MessageView[] {
  const message = exampleMessage();
  const { changed, standing } = message;
  const began = changed.filter(({ status }) => status === 'firing');
  const ended = changed.filter(({ status }) => status === 'resolved');
  const messages: readonly Message[] = [
    { ...message, step: 'first', changed: began, standing: [] },
    message,
    { ...message, step: 'fewer', changed: ended },
    { ...message, step: 'reminder', changed: [], standing: [...standing, ...standing] },
    { ...message, step: 'over', changed: [...ended, ...ended], standing: [] },
    { ...message, step: 'test', changed: began.map(bare), standing: [] },
  ];
  return messages.map((each) => viewOf(each, TELLER, NOW_MS));
}
