import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../src/core/alert.ts';
import type { Message, ReceiverEnvironment } from '../../src/notify/contract.ts';
import { cutWhole } from '../../src/notify/sms/text.ts';
import { sms } from '../../src/notify/sms/type.ts';
import { ALERT, environment, messageOf, NOW_MS, OK, openPeerOf, send, serverOf } from '../support/receiver.ts';

const ACCOUNT = `AC${'0123456789abcdef'.repeat(2)}`;
const SERVICE = `MG${'0123456789abcdef'.repeat(2)}`;
const TOKEN = 'canary-of-the-token';
const AROUND: Partial<ReceiverEnvironment> = { receiver: 'night', externalUrl: 'https://outrider.example.com' };
const KEYS = { account: ACCOUNT, token: TOKEN, from: '+15550100000', to: '+15550100123' };

const open = (keys: Record<string, unknown> = {}, around = AROUND) => openPeerOf(sms, { ...KEYS, ...keys }, around);

/** The form that one message is sent as. */
async function posted(message: Partial<Message> = {}, keys: Record<string, unknown> = {}, around = AROUND) {
  const server = await serverOf(OK);
  const peer = await open({ api_url: server.url, ...keys }, around);
  expect(await send(peer, message)).toEqual({ ok: true });
  const [request] = server.requests;
  if (request === undefined) throw new Error('nothing was sent');
  return { request, form: Object.fromEntries(new URLSearchParams(request.body)) };
}
const textOf = async (...args: Parameters<typeof posted>) => (await posted(...args)).form['Body'] ?? '';

const firing = (target: string, changes: Partial<Notice['alert']> = {}): Notice => ({
  status: 'firing',
  alert: { ...ALERT, target, fingerprint: target, ...changes },
});

describe('a text message', () => {
  it('is one form to Twilio’s API', async () => {
    const { request, form } = await posted();
    expect(form).toEqual({
      To: '+15550100123',
      From: '+15550100000',
      Body: 'P1 database: Postgres database is down\nconnection refused by 127.0.0.1:5432\nhttps://outrider.example.com/targets/database',
      SmartEncoded: 'true',
    });
    expect([request.method, request.url]).toEqual(['POST', `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`]);
    expect(request.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(request.headers.authorization).toBe(`Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`);
  });

  it.each([
    [{ from: SERVICE }, { MessagingServiceSid: SERVICE }],
    [{ from: 'Outrider' }, { From: 'Outrider' }],
    [{ from: '12345' }, { From: '12345' }],
  ])('comes from %j', async (keys, sender) => {
    expect((await posted({}, keys)).form).toMatchObject(sender);
  });

  it('of an end says how long it lasted', async () => {
    const ended: Notice = { status: 'resolved', alert: ALERT, endsAtMs: NOW_MS };
    expect(await textOf({ step: 'over', changed: [ended] })).toBe(
      'resolved after 1s: P1 database: Postgres database is down\nhttps://outrider.example.com/targets/database',
    );
  });

  it('of several alerts links the page of all', async () => {
    const text = await textOf({ changed: [firing('one'), firing('two')] });
    expect(text).toMatch(/, 1 more alert\n.*\nhttps:\/\/outrider\.example\.com\/$/);
  });

  it('links nothing where Outrider’s address is not known, nor what is no address', async () => {
    const around = { ...AROUND, externalUrl: undefined };
    const changed = [firing('database', { generatorUrl: 'javascript:alert(1)' })];
    expect(await textOf({ changed }, {}, around)).toBe(
      'P1 database: Postgres database is down\nconnection refused by 127.0.0.1:5432',
    );
  });

  it('is short, whatever a target says, and keeps its link', async () => {
    const annotations = { summary: '数据库🚨'.repeat(200), description: 'x'.repeat(5000) };
    const text = await textOf({ changed: [firing('database', { annotations })] });
    expect(text.length).toBeLessThanOrEqual(320);
    expect(text).toMatch(/\.\.\.\nhttps:\/\/outrider\.example\.com\/targets\/database$/);
  });

  it('may be a person’s own, of 1600 characters at most', async () => {
    const own = (text: string) => textOf({}, { template: { text } });
    expect(await own('{{severity}} {{#began}}{{target}} {{labels.env}}{{/began}} <{{url}}>')).toBe(
      'P1 database production <https://outrider.example.com/>',
    );
    expect((await own('x'.repeat(2000))).length).toBe(1600);
    expect(await own('{{#over}}over{{/over}}')).toMatch(/^P1 database: /);
  });
});

describe('cutting', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 60 });
  it('leaves a beginning of whole characters, within the limit', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 3, max: 60 }), (whole, most) => {
        const short = cutWhole(whole, most);
        expect(short.length).toBeLessThanOrEqual(most);
        if (whole.length <= most) {
          expect(short).toBe(whole);
          return;
        }
        const kept = short.slice(0, -3);
        const ends = [...new Intl.Segmenter().segment(whole)].map(({ index, segment }) => index + segment.length);
        const isWhole = [0, ...ends].some((end) => whole.slice(0, end).trimEnd() === kept);
        expect(isWhole).toBe(true);
        expect(short.isWellFormed()).toBe(whole.isWellFormed());
      }),
    );
  });

  it.each([
    ['a flag', 'ab🇩🇪cd', 7, 'ab...'],
    ['a family', 'a👨‍👩‍👧b', 8, 'a...'],
    ['an accent of its own', 'abe\u0301cdef', 6, 'ab...'],
  ])('never splits %s', (_, whole, most, expected) => {
    expect(cutWhole(whole, most)).toBe(expected);
  });
});

describe('what is sent keeps to Twilio’s published API', () => {
  const file = join(import.meta.dirname, '..', 'fixture', 'schema', 'twilio-create-message.json');
  const api = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly path: string;
    readonly contentType: string;
    readonly accountSid: { readonly pattern: string };
    readonly oneOf: readonly (readonly string[])[];
    readonly schema: {
      readonly required: readonly string[];
      readonly properties: Readonly<
        Record<string, { readonly type: string; readonly pattern?: string; readonly maxLength?: number }>
      >;
    };
  };

  it.each([{}, { from: SERVICE }])('with %j', async (keys) => {
    const changed = [firing('database', { annotations: { summary: '🚨'.repeat(3000) } })];
    const { request, form } = await posted({ changed }, { ...keys, template: { text: '{{title}} '.repeat(20) } });
    const [, account] = /Accounts\/([^/]+)\//.exec(request.url) ?? [];
    expect(request.url).toBe(api.path.replace('{AccountSid}', account ?? ''));
    expect(account).toMatch(new RegExp(api.accountSid.pattern));
    expect(request.headers['content-type']).toBe(api.contentType);
    for (const names of api.oneOf) expect(names.filter((name) => name in form).length).toBe(1);
    for (const name of api.schema.required) expect(form).toHaveProperty(name);
    for (const [name, value] of Object.entries(form)) {
      const wanted = api.schema.properties[name];
      expect(wanted, name).toBeDefined();
      if (wanted?.type === 'boolean') expect(['true', 'false']).toContain(value);
      if (wanted?.pattern !== undefined) expect(value).toMatch(new RegExp(wanted.pattern));
      if (wanted?.maxLength !== undefined) expect(value.length).toBeLessThanOrEqual(wanted.maxLength);
    }
  });
});

describe('several numbers', () => {
  it('are a peer each, named by their last four digits', async () => {
    const to = ['+15550100123', '+445550100123', '+15550100999', '+15550100123'];
    const peers = await sms.open(sms.schema.parse({ type: 'sms', ...KEYS, to }), environment(AROUND));
    expect(peers.map(({ name }) => name)).toEqual(['night …0123', 'night …0123 (2)', 'night …0999']);
    for (const peer of peers) await peer[Symbol.asyncDispose]();
  });

  it('do not hinder each other: one that is refused for good is refused alone', async () => {
    const server = await serverOf((_, response) => {
      const isBad = server.requests.at(-1)?.body.includes('0999') === true;
      response.writeHead(isBad ? 400 : 201).end(isBad ? '{"code": 21211}' : '{}');
    });
    const keys = { type: 'sms', ...KEYS, api_url: server.url, to: ['+15550100999', '+15550100123'] };
    const peers = await sms.open(sms.schema.parse(keys), environment(AROUND));
    const deliveries = [];
    for (const peer of peers) {
      deliveries.push(await peer.send(messageOf(), { nowMs: NOW_MS, signal: AbortSignal.timeout(5000) }));
      await peer[Symbol.asyncDispose]();
    }
    expect(deliveries).toMatchObject([{ ok: false, retry: false, reason: 'client' }, { ok: true }]);
  });
});

describe('an answer', () => {
  const error = (code: number, message: string) => JSON.stringify({ code, message, status: 400 });
  it.each<[string, number, string, object]>([
    ['a wrong token', 401, error(20003, 'Authenticate'), { ok: false, retry: false, reason: 'auth' }],
    ['no such number', 400, error(21211, 'Invalid number'), { ok: false, retry: false, reason: 'client' }],
    ['who wants none', 400, error(21610, 'Unsubscribed'), { ok: false, retry: false, reason: 'client' }],
    ['a landline', 400, error(21614, 'Not mobile'), { ok: false, retry: false, reason: 'client' }],
    ['too many', 429, '', { ok: false, retry: true, reason: 'rate-limited', retryAfterMs: 7000 }],
    ['trouble', 503, '', { ok: false, retry: true, reason: 'server' }],
  ])('of %s', async (_, status, body, delivery) => {
    const server = await serverOf((_request, response) => response.writeHead(status, { 'Retry-After': '7' }).end(body));
    expect(await send(await open({ api_url: server.url }))).toMatchObject(delivery);
  });

  it('that repeats number, account or token is shown without them', async () => {
    const server = await serverOf((_, response) =>
      response.writeHead(400).end(`The 'To' number +15550100123 of ${ACCOUNT} with ${TOKEN} is not valid`),
    );
    expect(await send(await open({ api_url: server.url }))).toMatchObject({
      message: "answered 400: The 'To' number <secret> of <secret> with <secret> is not valid",
    });
  });
});

describe('a mistake in the settings', () => {
  const mistakes = (keys: Record<string, unknown>) =>
    sms.schema.safeParse({ type: 'sms', ...KEYS, ...keys }).error?.issues.map(({ path, message }) => [path, message]);
  const PHONE = 'expected a phone number such as "+15550100123": +, country code and number, no spaces';

  it.each<[Record<string, unknown>, string, string]>([
    [{ from: 15550100000 }, 'from', 'YAML reads a number that is not in quotes: write "+15550100000"'],
    [{ account: 'me' }, 'account', 'expected an account at Twilio: AC and 32 hex digits'],
    [{ token: '' }, 'token', 'expected a token that is not empty'],
  ])('%j', (keys, key, message) => {
    expect(mistakes(keys)).toEqual([[[key], message]]);
  });

  it.each(['15550100123', '+1 555 0100', '+0155501001', '+12345', '+1234567890123456', '+1555010012x'])('%s', (to) => {
    expect(JSON.stringify(mistakes({ to }))).toContain(JSON.stringify(PHONE).slice(1, -1));
  });

  it('an account of another service is taken as it is', () => {
    expect(mistakes({ account: 'my-project', api_url: 'https://sms.example.com' })).toBeUndefined();
  });
});
