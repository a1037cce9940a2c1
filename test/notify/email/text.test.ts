import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/core/alert.ts';
import type { Message } from '../../../src/notify/contract.ts';
import { escapeHtml } from '../../../src/notify/email/text.ts';
import { type compose, composed, hostile, saying } from '../../support/mail.ts';
import { ALERT, NOW_MS } from '../../support/receiver.ts';

describe('the plain text', () => {
  it('says what began, what ended and what goes on', async () => {
    const root = { root_cause: 'disk', symptoms: 'api, jobs', runbook_url: 'https://runbooks.example.com/postgres' };
    const { parts } = await composed({
      step: 'more',
      changed: [
        { status: 'firing', alert: { ...ALERT, annotations: { ...ALERT.annotations, ...root } } },
        { status: 'resolved', alert: { ...ALERT, target: 'cache', annotations: {} }, endsAtMs: NOW_MS },
      ],
      standing: [{ ...ALERT, target: 'queue', severity: 'P2', annotations: {}, generatorUrl: undefined }],
    });
    expect(parts[0]?.body.trimEnd()).toBe(
      `P1 database: Postgres database is down, 1 more alert (new: database)

== New

P1 database: Postgres database is down
  since 2026-11-21 03:59:58 CET, for 1s
  What: connection refused by 127.0.0.1:5432
  Cause: disk
  Symptoms: api, jobs
  Alert: PostgresDown
  Service: shop
  Runbook: https://runbooks.example.com/postgres
  Outrider: https://outrider.example.com/targets/database

== Resolved

P1 cache: PostgresDown
  2026-11-21 03:59:58 CET to 2026-11-21 04:00:00 CET, 1s
  Alert: PostgresDown
  Service: shop
  Outrider: https://outrider.example.com/targets/database

== Still firing

P2 queue: PostgresDown
  since 2026-11-21 03:59:58 CET, for 1s
  Alert: PostgresDown
  Service: shop

--${' '}
Outrider, receiver ops: https://outrider.example.com/`,
    );
  });

  it.each<[string, Partial<Message>, string]>([
    ['a test', { step: 'test' }, 'This is a test of Outrider: nothing is wrong.'],
    ['a repeat', { isRepeat: true }, 'You may have got this message before: nobody knows whether it arrived.'],
    ['a reminder', { step: 'reminder', changed: [], standing: [ALERT] }, 'Nothing has changed; it has lasted 1s.'],
  ])('of %s says so', async (_, message, note) => {
    for (const { body } of (await composed(message)).parts) expect(body).toContain(note);
  });

  it('says nothing twice: evidence that is what the target said is left out', async () => {
    const evidence = (text: string) => ({ ...ALERT, annotations: { description: 'refused', evidence: text } });
    const textOf = async (alert: Alert) => (await composed({ changed: [{ status: 'firing', alert }] })).parts[0]?.body;
    expect(await textOf(evidence('refused'))).not.toContain('Evidence');
    expect(await textOf(evidence('refused three times'))).toContain('Evidence: refused three times');
  });

  it('tells of many alerts the gravest in full, and all in a line', async () => {
    const many = (severity: Alert['severity'], count: number) =>
      Array.from({ length: count }, (_, index) => saying('x', { severity, target: `${severity}-${index}.` })).flat();
    const [plain] = (await composed({ changed: [...many('P2', 30), ...many('P0', 3)] })).parts;
    const text = plain?.body ?? '';
    expect(text.match(/^ {2}What:/gm)?.length).toBe(20);
    expect(text.match(/^- P2/gm)?.length).toBe(13);
    expect(text.indexOf('P0-2.')).toBeLessThan(text.indexOf('P2-0.'));
    expect(text).toContain('== Firing (33)');
  });
});

describe('the HTML', () => {
  const html = async (...args: Parameters<typeof compose>) => (await composed(...args)).parts[1]?.body ?? '';

  it('has everything in itself: styles inline, nothing loaded from elsewhere', async () => {
    const body = await html();
    expect(body).toMatch(/^<!doctype html>/);
    expect(body).toContain('name="viewport"');
    expect(body).toContain('content="light dark"');
    expect(body).not.toMatch(/<(img|script|link|iframe|style|object)|\bsrc=|url\(|background(-color)?:\s*#fff/i);
    expect([...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url)).toEqual([
      'https://outrider.example.com/targets/database',
      'https://outrider.example.com/',
    ]);
  });

  it('has the same tags, whatever an alert says', async () => {
    const tagsOf = (body: string) => body.match(/<[^>]*>/g)?.length;
    const tags = tagsOf(await html({ changed: saying('quiet') }));
    await fc.assert(
      fc.asyncProperty(hostile('<>"\'`=&/ script'), async (text) => {
        const body = await html({ changed: saying(`x${text}x`) });
        expect(tagsOf(body)).toBe(tags);
      }),
      { numRuns: 50 },
    );
  });

  it('links only what is safe to click', async () => {
    const annotations = { summary: 'down', runbook_url: 'javascript:alert(1)', dashboard_url: '"><b>' };
    const body = await html({ changed: saying('', { annotations }) });
    expect(body.match(/href="(?!https:)/)).toBeNull();
    expect(body).not.toContain('javascript:');
  });

  it('escapes so that a text is its own again when it is read', () => {
    fc.assert(
      fc.property(hostile('<>"\'`=&;#39'), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"'`=]/);
        const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };
        const read = escaped.replace(/&(?:#(\d+)|(\w+));/g, (_, code?: string, name?: string) =>
          code === undefined ? (entities[name ?? ''] ?? '') : String.fromCharCode(Number(code)),
        );
        expect(read).toBe(text);
      }),
    );
  });
});

describe('templates of one’s own', () => {
  it('make the subject, the text and the HTML, with values escaped in HTML alone', async () => {
    const { headers, parts } = await composed(
      { changed: saying('a < b') },
      {
        template: {
          subject: '{{receiver}}\n{{severity}}',
          text: '{{#began}}{{summary}}{{/began}}',
          html: '<b>{{#began}}{{summary}}{{/began}}</b>',
        },
      },
    );
    expect(headers.get('Subject')).toBe('ops P1');
    expect(parts.map(({ type, body }) => [type, body.trim()])).toEqual([
      ['text/plain', 'a < b'],
      ['text/html', '<b>a &lt; b</b>'],
    ]);
  });

  it('for the text alone mean that there is no HTML', async () => {
    const { parts } = await composed({}, { template: { text: 'own' } });
    expect(parts.map(({ type, body }) => [type, body.trim()])).toEqual([['text/plain', 'own']]);
  });

  it('find only safe links in what alerts carry', async () => {
    const annotations = { runbook_url: 'javascript:alert(1)' };
    const template = { html: '<a href="{{#began}}{{runbook}}{{/began}}">runbook</a>' };
    expect((await composed({ changed: saying('', { annotations }) }, { template })).parts[1]?.body).toContain(
      'href=""',
    );
  });

  it('without a subject’s words fall back to ours', async () => {
    const { headers } = await composed({}, { template: { subject: '{{#over}}over{{/over}}' } });
    expect(headers.get('Subject')).toBe('P1 database: Postgres database is down');
  });
});
