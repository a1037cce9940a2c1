import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleViews } from '../../src/notify/text/example.ts';
import { viewOf } from '../../src/notify/text/view.ts';
import { bodyOf } from '../../src/notify/webhook/body.ts';
import { webhook } from '../../src/notify/webhook/type.ts';
import { anyMessage } from '../support/any-message.ts';
import { problemsOf } from '../support/config-folder.ts';
import { ALERT, messageOf, NOW_MS, OK, openPeerOf, send, serverOf } from '../support/receiver.ts';

const TELLER = { receiver: 'ops', externalUrl: 'https://outrider.example.com', timezone: 'UTC' };
const saying = (description: string) => {
  const changed = [{ status: 'firing', alert: { ...ALERT, annotations: { description } } }] as const;
  return viewOf(messageOf({ changed }), TELLER, NOW_MS);
};
const SAYS = '{{#began}}{{description}}{{/began}}';

describe('what a template makes is safe for', () => {
  it.each([
    ['application/json', '"{x}"', '"say \\"no\\"\\n<b> & é"'],
    ['application/cloudevents+json; charset=utf-8', '"{x}"', '"say \\"no\\"\\n<b> & é"'],
    ['application/xml', '<a b="{x}"/>', '<a b="say &quot;no&quot;\n&lt;b&gt; &amp; é"/>'],
    ['text/html', '{x}', 'say &quot;no&quot;\n&lt;b&gt; &amp; é'],
    ['application/atom+xml', '{x}', 'say &quot;no&quot;\n&lt;b&gt; &amp; é'],
    ['application/x-www-form-urlencoded', 'text={x}', 'text=say%20%22no%22%0A%3Cb%3E%20%26%20%C3%A9'],
    ['text/plain', '{x}', 'say "no"\n<b> & é'],
    ['Text/Plain; charset=utf-8', '{x}', 'say "no"\n<b> & é'],
  ])('%s', (contentType, template, expected) => {
    const body = bodyOf(template.replace('{x}', SAYS), contentType, saying('say "no"\n<b> & é'));
    expect(body).toEqual({ ok: true, text: expected });
  });

  const LIST = `{"title": "{{title}}", "alerts": [{{#began}}"{{summary}} {{labels.service}}"{{^last}},{{/last}}{{/began}}]}`;
  it('JSON, whatever is told', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const view = viewOf(message, TELLER, NOW_MS);
        const body = bodyOf(LIST, 'application/json', view);
        expect(body.ok ? JSON.parse(body.text) : body.message).toEqual({
          title: view.title.toWellFormed(),
          alerts: view.began.map(({ summary, labels }) => `${summary} ${labels['service'] ?? ''}`.toWellFormed()),
        });
      }),
      { numRuns: 100 },
    );
  });
});

const problem = (template: string, contentType?: string): string | undefined =>
  webhook.schema.safeParse({
    ...{ type: 'webhook', url: 'http://one', template },
    ...(contentType === undefined ? {} : { content_type: contentType }),
  }).error?.issues[0]?.message;

describe('in the config', () => {
  it.each([
    ['{"text": "{{title}}", "firing": {{firing}}, "alerts": {{count.firing}}}', undefined],
    ['{{title}}', 'text/plain'],
    ['{"text": {{title}}}', undefined],
  ])('%s as %s', (template, contentType) => {
    const isGood = template !== '{"text": {{title}}}';
    expect(problem(template, contentType) === undefined).toBe(isGood);
  });

  it.each([
    ['that is no JSON', '{"text": {{title}}}', /^the template gives no JSON: .+ \(in a message of the step "first"\)$/],
    [
      'that is no JSON where several alerts stand',
      '[{{#standing}}"{{target}}"{{/standing}}]',
      /no JSON: .+ \(in a message of the step "reminder"\)$/,
    ],
    [
      'that is no JSON at the end',
      '{"a": {{#firing}}1{{/firing}}}',
      /no JSON: .+ \(in a message of the step "over"\)$/,
    ],
    [
      'that is no JSON without a runbook',
      '{"a": {{#began}}{{#runbook}}1{{/runbook}}{{/began}}{{^began}}1{{/began}}}',
      /no JSON: .+ "test"\)$/,
    ],
    ['that knows no such name', '{"text": "{{titel}}"}', /^column 11: a template knows no {{titel}}; did you mean/],
  ])('a template %s is a mistake', (_, template, expected) => {
    expect(problem(template)).toMatch(expected);
  });

  it('is said with its place, and once', async () => {
    const text = [
      'service: shop',
      'targets: []',
      'notify:',
      '  ops:',
      '    type: webhook',
      '    url: http://one/',
      '    template: |',
      '      {"text": "{{titel}}"}',
      '  ntfy: { type: webhook, url: "http://one/", template: "{{title}}" }',
      '  text: { type: webhook, url: "http://one/", content_type: text/plain }',
      '  line: { type: webhook, url: "http://one/", template: "{{title}}", content_type: "text/plain\\r\\nX: y" }',
    ].join('\n');
    expect(await problemsOf(text)).toEqual([
      '7:15: notify.ops.template: line 1, column 11: a template knows no {{titel}}; did you mean {{title}}?',
      expect.stringMatching(/^9:56: notify\.ntfy\.template: the template gives no JSON: /),
      '10:60: notify.text.content_type: only a template has another content type',
      '11:83: notify.line.content_type: expected a media type such as text/plain',
    ]);
  });
});

describe('a webhook with a template', () => {
  it('sends what the template makes, signed as it is sent, with its key', async () => {
    const server = await serverOf(OK);
    const keys = {
      url: server.url,
      template: 'down: {{title}}',
      content_type: 'text/plain; charset=utf-8',
      secret: 'key',
    };
    expect(await send(await openPeerOf(webhook, keys))).toEqual({ ok: true });
    const [request] = server.requests;
    const body = 'down: P1 database: Postgres database is down';
    expect(request?.body).toBe(body);
    expect(request?.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'idempotency-key': messageOf().key,
      'x-hub-signature-256': `sha256=${createHmac('sha256', 'key').update(body).digest('hex')}`,
    });
  });

  it('is of JSON unless told otherwise', async () => {
    const server = await serverOf(OK);
    await send(await openPeerOf(webhook, { url: server.url, template: '{"alias": "{{group}}", "text": "{{title}}"}' }));
    expect(server.requests[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      alias: 'g',
      text: 'P1 database: Postgres database is down',
    });
  });

  it('sends nothing where a message gives no JSON, and says so for good', async () => {
    const server = await serverOf(OK);
    // Good for whatever has no label `env`, as the examples have none.
    const template = '{"text": "{{title}}"{{#labels.env}} in {{labels.env}}{{/labels.env}}}';
    const peer = await openPeerOf(webhook, { url: server.url, template });
    expect(await send(peer)).toEqual({
      ok: false,
      retry: false,
      reason: 'client',
      message: expect.stringMatching(/^the template gives no JSON: /),
    });
    expect(server.requests).toEqual([]);
  });
});

it('the examples are one of each step of a whole trouble', () => {
  expect(exampleViews().map(({ step }) => step)).toEqual(['first', 'more', 'fewer', 'reminder', 'over', 'test']);
});
