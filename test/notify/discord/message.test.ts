import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert, Notice } from '../../../src/core/alert.ts';
import type { Message } from '../../../src/notify/contract.ts';
import { type DiscordMessage, type DiscordSender, toDiscordMessage } from '../../../src/notify/discord/message.ts';
import { anyMessage } from '../../support/any-message.ts';
import { wrongBy } from '../../support/published-schema.ts';
import { ALERT, messageOf, NOW_MS } from '../../support/receiver.ts';

const SENDER: DiscordSender = { receiver: 'core', externalUrl: 'https://outrider.example.com', timezone: 'UTC' };
const wrong = wrongBy('discord-webhook');
const of = (changes: Partial<Message> = {}, sender: Partial<DiscordSender> = {}): DiscordMessage =>
  toDiscordMessage(messageOf(changes), { ...SENDER, ...sender }, NOW_MS);
const named = (target: string, changes: Partial<Alert> = {}): Alert => ({
  ...ALERT,
  target,
  fingerprint: target,
  ...changes,
});
const resolved: Notice = { status: 'resolved', alert: ALERT, endsAtMs: NOW_MS };
const lengthOf = ({ embeds }: DiscordMessage): number =>
  embeds.reduce((sum, { title = '', description = '' }) => sum + title.length + description.length, 0);

describe('a message in Discord', () => {
  it('about one alert has what is wrong as its content, then what was seen and where it says more', () => {
    const annotations = { ...ALERT.annotations, root_cause: 'disk', runbook_url: 'https://runbooks.example.com/db' };
    expect(of({ changed: [{ status: 'firing', alert: { ...ALERT, annotations } }] })).toEqual({
      content: '**P1 database: Postgres database is down**',
      embeds: [
        {
          description: [
            'connection refused by 127.0.0.1:5432',
            'Root cause: disk',
            'since 2026-11-21 02:59:58 UTC (1s)',
            '[Outrider](https://outrider.example.com/targets/database) · [Runbook](https://runbooks.example.com/db)',
          ].join('\n'),
          color: 0xe8590c,
        },
      ],
      allowed_mentions: { parse: [] },
    });
  });

  it('about several has an embed for each, in its own colour', () => {
    const { embeds } = of({
      step: 'more',
      changed: [{ status: 'firing', alert: named('api', { severity: 'P0' }) }, resolved],
      standing: [named('cache', { severity: 'P2' })],
    });
    expect(embeds.map(({ title, color }) => [title, color])).toEqual([
      ['new: P0 api: Postgres database is down', 0xb3261e],
      ['resolved: P1 database: Postgres database is down', 0x2b8a3e],
      ['still: P2 cache: Postgres database is down', 0xe0a800],
    ]);
  });

  it('of an end is green', () => {
    const { content, embeds } = of({ step: 'over', changed: [resolved] });
    expect([content, embeds[0]?.color]).toEqual([
      '**resolved after 1s: P1 database: Postgres database is down**',
      0x2b8a3e,
    ]);
  });

  it('says how many alerts it has no place for', () => {
    const standing = Array.from({ length: 40 }, (_, index) => named(`t${index}`));
    const { embeds } = of({ step: 'more', standing });
    expect(embeds.length).toBe(10);
    expect(embeds.at(-1)?.description).toBe(
      '32 more alerts are not shown here: [all alerts](https://outrider.example.com/)',
    );
  });

  it('calls nobody and links nowhere that a target chooses', () => {
    const annotations = { summary: '@everyone <@1> [x](https://evil.example)', description: 'https://evil.example' };
    const { content, embeds, allowed_mentions } = of({
      changed: [{ status: 'firing', alert: { ...ALERT, annotations } }],
    });
    expect(content).toBe('**P1 database: @everyone \\<@1\\> \\[x\\](https:\\/\\/evil.example)**');
    expect(embeds[0]?.description).toMatch(/^https:\\\/\\\/evil\.example\n/);
    expect(allowed_mentions).toEqual({ parse: [] });
  });

  it('is as Discord wants it, whatever is told', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const made = of(message);
        expect(wrong(made)).toEqual([]);
        expect(lengthOf(made)).toBeLessThanOrEqual(6000);
      }),
      { numRuns: 200 },
    );
  });
});

describe('words of one’s own', () => {
  it('stand in place of ours, with what is filled in made safe', () => {
    const template = {
      title: '{{severity}} in {{labels.service}}',
      text: '{{#began}}*{{target}}*: {{description}}{{/began}}',
    };
    const alert = { ...ALERT, target: 'data_base' };
    const { content, embeds } = of({ changed: [{ status: 'firing', alert }] }, { template });
    expect(content).toBe('P1 in shop');
    expect(embeds).toEqual([{ description: '*data\\_base*: connection refused by 127.0.0.1:5432', color: 0xe8590c }]);
  });

  it.each([
    ['nothing', '{{#over}}x{{/over}}'],
    ['what fails', '{{#labels}}{{hasOwnProperty}}{{step}}{{/labels}}'],
  ])('that say %s leave ours', (_, text) => {
    expect(of({}, { template: { title: text, text } })).toEqual({
      ...of(),
      content: expect.stringContaining('P1 database'),
    });
  });

  it('that are too many are cut', () => {
    const text = '{{#began}}{{description}}{{/began}}';
    const alert = { ...ALERT, annotations: { description: '*'.repeat(9000) } };
    const made = of({ changed: [{ status: 'firing', alert }] }, { template: { title: text, text } });
    expect(wrong(made)).toEqual([]);
  });
});
