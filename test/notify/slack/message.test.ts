import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert, Notice } from '../../../src/core/alert.ts';
import type { Message } from '../../../src/notify/contract.ts';
import { type SlackMessage, type SlackSender, toSlackMessage } from '../../../src/notify/slack/message.ts';
import { anyMessage } from '../../support/any-message.ts';
import { wrongBy } from '../../support/published-schema.ts';
import { ALERT, messageOf, NOW_MS } from '../../support/receiver.ts';

const SENDER: SlackSender = { receiver: 'core', externalUrl: 'https://outrider.example.com', timezone: 'UTC' };
const wrong = wrongBy('slack-message');
const of = (changes: Partial<Message> = {}, sender: Partial<SlackSender> = {}): SlackMessage =>
  toSlackMessage(messageOf(changes), { ...SENDER, ...sender }, NOW_MS);

const alertOf = (target: string, changes: Partial<Alert> = {}): Alert => ({
  ...ALERT,
  fingerprint: target,
  target,
  generatorUrl: undefined,
  ...changes,
});
const firing = (alert: Alert): Notice => ({ status: 'firing', alert });
const resolved = (alert: Alert): Notice => ({ status: 'resolved', alert, endsAtMs: NOW_MS });

/** Every text object of a message, in their order. */
function textsOf({ blocks, attachments }: SlackMessage) {
  const all = [...blocks, ...attachments.flatMap((each) => each.blocks)];
  return all.flatMap((block) => (block.type === 'context' ? block.elements : [block.text]));
}
const wordsOf = (message: SlackMessage): readonly string[] => textsOf(message).map(({ text }) => text);

describe('a message in Slack', () => {
  it('about one alert has what is wrong as its header, then what was seen, links and whose it is', () => {
    const annotations = {
      ...ALERT.annotations,
      root_cause: 'disk',
      symptoms: 'api, jobs',
      changes: '3m before: deployment 1.4.2',
      runbook_url: 'https://runbooks.example.com/db?a=1&b=2',
    };
    expect(of({ changed: [firing({ ...ALERT, annotations })] })).toEqual({
      text: 'P1 database: Postgres database is down',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'P1 database: Postgres database is down', emoji: false } },
      ],
      attachments: [
        {
          color: '#e8590c',
          blocks: [
            {
              type: 'section',
              text: {
                type: 'plain_text',
                text: [
                  'connection refused by 127.0.0.1:5432',
                  'Root cause: disk',
                  'Also affected: api, jobs',
                  'Before: 3m before: deployment 1.4.2',
                  'since 2026-11-21 02:59:58 UTC (1s)',
                ].join('\n'),
                emoji: false,
              },
            },
            {
              type: 'context',
              elements: [
                {
                  type: 'mrkdwn',
                  text: '<https://outrider.example.com/targets/database|Outrider> · <https://runbooks.example.com/db?a=1&amp;b=2|Runbook>',
                  verbatim: true,
                },
              ],
            },
            {
              type: 'context',
              elements: [
                { type: 'plain_text', text: 'shop', emoji: false },
                { type: 'mrkdwn', text: '<https://outrider.example.com/|All alerts>', verbatim: true },
              ],
            },
          ],
        },
      ],
    });
  });

  it('about a change says what is new, what is resolved and, in fewer words, what goes on', () => {
    const message = of(
      {
        step: 'more',
        changed: [firing(alertOf('api')), resolved(alertOf('jobs'))],
        standing: [alertOf('cache')],
      },
      { externalUrl: undefined },
    );
    expect(wordsOf(message)).toEqual([
      'P1 api: Postgres database is down, 1 more alert (new: api)',
      'new: P1 api: Postgres database is down\nconnection refused by 127.0.0.1:5432\nsince 2026-11-21 02:59:58 UTC (1s)',
      [
        'resolved: P1 jobs: Postgres database is down',
        'connection refused by 127.0.0.1:5432',
        '2026-11-21 02:59:58 UTC to 2026-11-21 03:00:00 UTC (1s)',
      ].join('\n'),
      'still: P1 cache: Postgres database is down\nsince 2026-11-21 02:59:58 UTC (1s)',
      'shop',
    ]);
  });

  it('about the end says how long it lasted, and is green', () => {
    const message = of({ step: 'over', changed: [resolved(alertOf('database'))] }, { externalUrl: undefined });
    expect(message.attachments[0]?.color).toBe('#2b8a3e');
    expect(wordsOf(message)).toEqual([
      'resolved after 1s: P1 database: Postgres database is down',
      'connection refused by 127.0.0.1:5432\n2026-11-21 02:59:58 UTC to 2026-11-21 03:00:00 UTC (1s)',
      'shop',
    ]);
  });

  it('has the colour of the gravest alert that fires', () => {
    const colours = (['P0', 'P1', 'P2', 'P3'] as const).map(
      (severity) => of({ changed: [firing({ ...ALERT, severity })] }).attachments[0]?.color,
    );
    expect(new Set(colours).size).toBe(4);
    const mixed = of({ step: 'fewer', changed: [resolved(alertOf('api', { severity: 'P0' }))], standing: [ALERT] });
    expect(mixed.attachments[0]?.color).toBe(colours[1]);
  });

  it('says in its title that it may be a repeat', () => {
    expect(of({ isRepeat: true }).text).toBe('[possible repeat] P1 database: Postgres database is down');
  });

  it('lists as many alerts as Slack takes, and says how many are left out and where all are', () => {
    const changed = Array.from({ length: 120 }, (_, index) => firing(alertOf(`t${index}`)));
    const message = of({ changed });
    expect(wrong(message)).toEqual([]);
    const shown = wordsOf(message).filter((text) => /^P1 t\d+:/.test(text)).length;
    // The header is one of them.
    expect(shown).toBeGreaterThan(20);
    expect(wordsOf(message)).toContain(
      `${120 - (shown - 1)} more alerts are not shown here: <https://outrider.example.com/|all alerts>`,
    );
  });

  it('links only what is http or https', () => {
    const annotations = { runbook_url: 'javascript:alert(1)', dashboard_url: '!channel' };
    const message = of({ changed: [firing(alertOf('database', { annotations }))] }, { externalUrl: undefined });
    expect(textsOf(message).filter(({ type }) => type === 'mrkdwn')).toEqual([]);
  });
});

describe('a mention', () => {
  const mention = { P0: '<!here>' };
  const called = (changes: Partial<Message>): boolean => wordsOf(of(changes, { mention })).includes('<!here>');
  const grave = alertOf('api', { severity: 'P0' });

  it.each<[string, Partial<Message>, boolean]>([
    ['an alert of its severity begins', { changed: [firing(grave)] }, true],
    ['one joins', { step: 'more', changed: [firing(grave)], standing: [ALERT] }, true],
    ['a milder one begins', { changed: [firing(ALERT)] }, false],
    ['a milder one joins', { step: 'more', changed: [firing(ALERT)], standing: [grave] }, false],
    ['it goes on', { step: 'reminder', changed: [], standing: [grave] }, false],
    ['it ends', { step: 'over', changed: [resolved(grave)] }, false],
    ['it is a test', { step: 'test', changed: [firing(grave)] }, false],
  ])('when %s', (_, changes, expected) => {
    expect(called(changes)).toBe(expected);
  });
});

describe('words of one’s own', () => {
  const own = (template: SlackSender['template'], changes: Partial<Message> = {}) => wordsOf(of(changes, { template }));

  it('stand instead of title and body, with one’s own markup', () => {
    expect(
      own({
        title: '{{severity}}: {{count.firing}}',
        text: '*{{labels.service}}* <!here>\n{{#began}}`{{target}}`{{/began}}',
      }),
    ).toEqual(['P1: 1', '*shop* <!here>\n`database`', 'shop', '<https://outrider.example.com/|All alerts>']);
  });

  it('are escaped in what targets say', () => {
    const annotations = { summary: '<!channel> *x* `y` @here', description: '> a_b_c <https://evil.example|z>' };
    const [, body] = own(
      { text: '{{#began}}{{summary}}\n{{description}}{{/began}}' },
      {
        changed: [firing(alertOf('database', { annotations }))],
      },
    );
    expect(body).toBe('&lt;!channel&gt; ∗x* ˋyˋ @\u2060here\n› a_b_c &lt;https://evil.example|z&gt;');
  });

  it('that are long are parted where Slack wants it, at ends of lines', () => {
    const line = 'x'.repeat(1499);
    const [, ...body] = own({ text: `${line}\n${line}\n${line}` }, {});
    expect(body.slice(0, 2)).toEqual([`${line}\n${line}`, line]);
  });

  it('that say nothing leave ours', () => {
    expect(own({ title: '{{#over}}x{{/over}}', text: ' {{#over}}x{{/over}}\n' }).slice(0, 2)).toEqual([
      'P1 database: Postgres database is down',
      'connection refused by 127.0.0.1:5432\nsince 2026-11-21 02:59:58 UTC (1s)',
    ]);
  });
});

describe('whatever targets say', () => {
  const TEMPLATE = {
    title: '{{title}} {{#began}}{{summary}}{{/began}}',
    text: 'Told: {{#began}}{{target}} {{summary}}\n{{description}} {{labels.service}} {{runbook}}{{/began}}{{#ended}}{{evidence}}{{/ended}}',
  };
  const LINK = /<https?:\/\/[^<>|\s]+\|(?:Outrider|Runbook|Dashboard|All alerts|all alerts)>/g;
  const OURS = /^(?: · )*$|^\d+ more alerts? (?:is|are) not shown here(?:: )?$/;
  const ESCAPED = /^(?:[^<>&]|&(?:amp|lt|gt);)*$/;
  const EVERYBODY = /@(?:here|channel|everyone)\b/i;
  const sizeOf = (message: SlackMessage): number => wordsOf(message).reduce((sum, text) => sum + text.length, 0);

  it('a message is as Slack wants it, and its only markup are our own links', () => {
    fc.assert(
      fc.property(anyMessage, (written) => {
        const message = toSlackMessage(written, SENDER, NOW_MS);
        expect(wrong(message)).toEqual([]);
        expect(message.blocks.length + message.attachments.flatMap(({ blocks }) => blocks).length).toBeLessThanOrEqual(
          50,
        );
        expect(sizeOf(message)).toBeLessThan(9000);
        for (const { type, text, ...manner } of textsOf(message)) {
          expect(text.isWellFormed()).toBe(true);
          expect(manner).toEqual(type === 'mrkdwn' ? { verbatim: true } : { emoji: false });
          if (type === 'mrkdwn') expect(text.replaceAll(LINK, '')).toMatch(OURS);
          else expect(text).toMatch(ESCAPED);
        }
        expect(message.text).toMatch(ESCAPED);
        expect(JSON.stringify(message)).not.toMatch(EVERYBODY);
      }),
      { numRuns: 200, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('words of one’s own hold it without links, mentions, bold, struck or code', () => {
    fc.assert(
      fc.property(anyMessage, (written) => {
        const message = toSlackMessage(written, { ...SENDER, externalUrl: undefined, template: TEMPLATE }, NOW_MS);
        expect(wrong(message)).toEqual([]);
        expect(sizeOf(message)).toBeLessThan(9000);
        for (const { type, text } of textsOf(message)) {
          expect(text).toMatch(ESCAPED);
          expect(text).not.toMatch(EVERYBODY);
          if (type === 'mrkdwn') expect(text).not.toMatch(/`|(?:^|\s)[*~_](?=\S)/);
        }
      }),
      { numRuns: 200, interruptAfterTimeLimit: 20_000 },
    );
  });
});

it('the schema finds what Slack would refuse', () => {
  const message = of();
  const header = (text: object) => ({ ...message, blocks: [{ type: 'header', text }] });
  expect(wrong(message)).toEqual([]);
  expect(wrong(header({ type: 'plain_text', text: 'x'.repeat(151) }))).not.toEqual([]);
  expect(wrong(header({ type: 'mrkdwn', text: 'x' }))).not.toEqual([]);
  expect(wrong({ ...message, blocks: [] })).not.toEqual([]);
  expect(wrong({ ...message, blocks: Array.from({ length: 51 }, () => message.blocks[0]) })).not.toEqual([]);
});
