import fc from 'fast-check';
import type { Alert, Notice } from '../../src/core/alert.ts';
import { SEVERITIES } from '../../src/core/severity.ts';
import { type Message, STEPS } from '../../src/notify/contract.ts';
import { ALERT, messageOf, NOW_MS } from './receiver.ts';

/** What somebody would write into an error text, a header or a name who wants to be heard in a channel. */
const NASTY = [
  '<!channel>',
  '<!here|all>',
  '<@U0123>',
  '@here',
  '@Channel',
  '@everyone',
  '<https://evil.example|our runbook>',
  '[runbook](https://evil.example)',
  '&lt;!here&gt;',
  '*bold*',
  '_it_',
  '~gone~',
  '`code`',
  '```',
  '\n> quote',
  '\r\nBcc: all@example.com',
  '{{title}}',
  '\u202egnp.exe',
  '\u0000\u001b[31m',
  '\ud800',
  '😀'.repeat(80),
  '&'.repeat(200),
  'x'.repeat(4000),
  '',
];

/** Any text that a target may say, often a nasty one. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 60 })), { maxLength: 5 })
  .map((parts) => parts.join(' '));

const anyLink = fc.oneof(
  fc.constantFrom(
    'https://runbooks.example.com/a|b?c=<d>&e="f"',
    `https://runbooks.example.com/?${'&'.repeat(900)}`,
    `https://runbooks.example.com/@here/${'x'.repeat(700)}`,
    'javascript:alert(1)',
    '!channel',
    'data:text/html,x',
  ),
  fc.webUrl(),
  anyText,
);

const anyAlert: fc.Arbitrary<Alert> = fc
  .record({
    target: anyText,
    severity: fc.constantFrom(...SEVERITIES),
    startsAtMs: fc.integer({ min: 0, max: NOW_MS }),
    generatorUrl: fc.option(anyLink, { nil: undefined }),
    labels: fc.record({ alertname: anyText, service: anyText, type: anyText }, { requiredKeys: [] }),
    annotations: fc.record(
      {
        ...{ summary: anyText, description: anyText, evidence: anyText, root_cause: anyText, symptoms: anyText },
        ...{ changes: anyText, same_place: anyText, possible_causes: anyText },
        ...{ runbook_url: anyLink, dashboard_url: anyLink },
      },
      { requiredKeys: [] },
    ),
  })
  .map((parts) => ({ ...ALERT, ...parts }) as Alert);

/** Any message about alerts that say anything. */
export const anyMessage: fc.Arbitrary<Message> = fc
  .record({
    step: fc.constantFrom(...STEPS),
    group: anyText,
    began: fc.array(anyAlert, { minLength: 1, maxLength: 12 }),
    ended: fc.array(anyAlert, { maxLength: 12 }),
    standing: fc.array(anyAlert, { maxLength: 80 }),
    isRepeat: fc.boolean(),
  })
  .map(({ step, began, ended, standing, ...others }) => {
    const ends = (step === 'over' ? [...began, ...ended] : ended).map(
      (alert): Notice => ({ status: 'resolved', alert, endsAtMs: NOW_MS }),
    );
    const begins = step === 'over' ? [] : began.map((alert): Notice => ({ status: 'firing', alert }));
    const changed = [...begins, ...ends];
    return messageOf({ ...others, step, changed, standing: step === 'over' ? [] : standing });
  });
