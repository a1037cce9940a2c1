import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert, Notice } from '../../../src/core/alert.ts';
import type { Message } from '../../../src/notify/contract.ts';
import { type TeamsSender, toTeamsMessage } from '../../../src/notify/msteams/card.ts';
import { anyMessage } from '../../support/any-message.ts';
import { wrongBy } from '../../support/published-schema.ts';
import { ALERT, messageOf, NOW_MS } from '../../support/receiver.ts';

const SENDER: TeamsSender = { receiver: 'core', externalUrl: 'https://outrider.example.com', timezone: 'UTC' };
const wrong = wrongBy('adaptive-card-message');
const made = (message: Message, sender: Partial<TeamsSender> = {}) =>
  toTeamsMessage(message, { ...SENDER, ...sender }, NOW_MS);
const cardOf = (changes: Partial<Message> = {}, sender?: Partial<TeamsSender>) => {
  const [attachment] = made(messageOf(changes), sender).attachments;
  if (attachment === undefined) throw new Error('no card');
  return attachment.content;
};
type Card = ReturnType<typeof cardOf>;

const named = (target: string, changes: Partial<Alert> = {}): Alert => ({
  ...ALERT,
  target,
  fingerprint: target,
  ...changes,
});
const firing = (alert: Alert): Notice => ({ status: 'firing', alert });
const resolved: Notice = { status: 'resolved', alert: ALERT, endsAtMs: NOW_MS };

/** Every text of a card in its order, with its colour. */
const textsOf = ({ body }: Card): readonly (readonly [string, string | undefined])[] =>
  body
    .flatMap((each) => (each.type === 'Container' ? each.items : [each]))
    .flatMap((each) =>
      each.type === 'TextBlock' ? [[each.text, undefined]] : each.inlines.map((run) => [run.text, run.color]),
    );

describe('a card in Teams', () => {
  it('about one alert has what is wrong on top, then what was seen, and buttons to where it says more', () => {
    const annotations = {
      ...ALERT.annotations,
      root_cause: 'disk',
      runbook_url: 'https://runbooks.example.com/db',
      dashboard_url: 'javascript:alert(1)',
    };
    expect(made(messageOf({ changed: [firing({ ...ALERT, annotations })] }))).toEqual({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.5',
            fallbackText: 'P1 database: Postgres database is down',
            msteams: { width: 'Full' },
            body: [
              {
                type: 'Container',
                style: 'attention',
                bleed: true,
                items: [
                  {
                    type: 'RichTextBlock',
                    inlines: [
                      {
                        type: 'TextRun',
                        text: 'P1 database: Postgres database is down',
                        ...{ weight: 'bolder', size: 'large', color: 'attention' },
                      },
                    ],
                  },
                ],
              },
              ...['connection refused by 127.0.0.1:5432', 'Root cause: disk', 'since 2026-11-21 02:59:58 UTC (1s)'].map(
                (text) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text }], spacing: 'small' }),
              ),
            ],
            actions: [
              { type: 'Action.OpenUrl', title: 'Outrider', url: 'https://outrider.example.com/targets/database' },
              { type: 'Action.OpenUrl', title: 'Runbook', url: 'https://runbooks.example.com/db' },
              { type: 'Action.OpenUrl', title: 'All alerts', url: 'https://outrider.example.com/' },
            ],
          },
        },
      ],
    });
  });

  it('about several tells them one after the other, each in its colour', () => {
    const card = cardOf({
      step: 'more',
      changed: [firing(named('cache', { severity: 'P2', annotations: { summary: 'slow' } })), resolved],
      standing: [named('disk', { severity: 'P3', annotations: { summary: 'filling' } })],
    });
    expect(textsOf(card).filter(([, color]) => color !== undefined)).toEqual([
      ['P2 cache: slow, 1 more alert (new: cache)', 'warning'],
      ['new: P2 cache: slow', 'warning'],
      ['resolved: P1 database: Postgres database is down', 'good'],
      ['still: P3 disk: filling', 'accent'],
    ]);
  });

  it('of an end is green', () => {
    const card = cardOf({ step: 'over', changed: [resolved] });
    expect(textsOf(card)[0]).toEqual(['resolved after 1s: P1 database: Postgres database is down', 'good']);
    expect(card.body[0]).toMatchObject({ style: 'good' });
  });

  it('has the buttons of what is gravest', () => {
    const graver = named('api', { severity: 'P0', generatorUrl: 'https://outrider.example.com/targets/api' });
    expect(cardOf({ standing: [graver] }).actions[0]?.url).toBe('https://outrider.example.com/targets/api');
  });

  it('says how many alerts it has no place for', () => {
    const standing = Array.from({ length: 300 }, (_, index) => named(`t${index}`));
    const card = cardOf({ step: 'more', standing });
    const shown = textsOf(card).filter(([text]) => /^(new|still): /.test(text)).length;
    expect(shown).toBeGreaterThan(10);
    expect(textsOf(card).at(-1)?.[0]).toBe(`${301 - shown} more alerts are not shown here`);
  });

  it('is as Teams wants it and not too big, whatever is told', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const card = made(message);
        expect(wrong(card)).toEqual([]);
        expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThan(21_000);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps what targets say out of Markdown', () => {
    const annotations = { summary: '[x](https://evil.example)', description: '**{{DATE(2026-11-21T03:00:00Z)}}**' };
    const { body } = cardOf({ changed: [firing({ ...ALERT, annotations })] });
    expect(body.every(({ type }) => type !== 'TextBlock')).toBe(true);
  });
});

describe('words of one’s own', () => {
  it('stand in place of ours, with what is filled in made safe', () => {
    const template = {
      title: '{{severity}}: {{labels.service}}',
      text: '{{#began}}**{{target}}** {{description}}{{/began}}',
    };
    const alert = named('data_base', { annotations: { description: '[x](https://evil.example)' } });
    const card = cardOf({ changed: [firing(alert)] }, { template });
    expect(textsOf(card)).toEqual([
      ['P1: shop', 'attention'],
      ['**data\\_base** \\[x\\](https:\\/\\/evil.example)', undefined],
    ]);
    expect(wrong({ type: 'message', attachments: [] })).not.toEqual([]);
  });

  it('that say nothing leave ours', () => {
    expect(cardOf({}, { template: { title: '', text: '{{#over}}x{{/over}}' } })).toEqual(cardOf());
  });

  it('that are too many are cut', () => {
    const text = '{{#began}}{{description}}{{/began}}';
    const alert = { ...ALERT, annotations: { description: '日*'.repeat(20_000) } };
    const card = made(messageOf({ changed: [firing(alert)] }), { template: { title: text, text } });
    expect(wrong(card)).toEqual([]);
    expect(Buffer.byteLength(JSON.stringify(card))).toBeLessThan(21_000);
  });
});
