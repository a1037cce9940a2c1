import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exposedBy, seriesIn, shownTargets, untilStatus } from '../support/daemon.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { startTelling, type ToldBy, untilQuiet, untilShown } from '../support/told.ts';
import { until } from '../support/wait.ts';

const TOKEN = 'otr_the-token-of-the-operator';
/** From now until a maintenance ends: time enough for a failure to be confirmed in it. */
const WINDOW_MS = 6000;

const soon = (ms: number) => new Date(Date.now() + ms).toISOString();

describe.concurrent('what keeps an alert from a real Alertmanager', () => {
  const failing = new Set<string>();
  let server: HttpServer;
  let alertmanager: ToldBy;
  let outrider: Outrider;

  beforeAll(async () => {
    server = await startHttpServer((request, response) => {
      response.writeHead(failing.has(request.url?.slice(1) ?? '') ? 503 : 200).end();
    });
    alertmanager = await startTelling();
    const target = (name: string) => `{ name: ${name}, type: http, url: "${server.url}/${name}"`;
    outrider = await startOutrider(`
service: shop
defaults: { interval: 1s }
targets:
  - ${target('quiet')} }
  - ${target('loud')} }
  - ${target('base')} }
  - ${target('front')}, depends_on: [base] }
auth: { tokens: [{ name: operator, token: ${TOKEN}, scopes: [write] }] }
notify: { alertmanager: { urls: ["${alertmanager.url}"] } }
`);
    await untilStatus(outrider, 'up', ['quiet', 'loud', 'base', 'front']);
  });
  afterAll(() => Promise.all([outrider, alertmanager, server].map((one) => one?.[Symbol.asyncDispose]())));

  /** Sends this to the daemon as the operator, and answers with what it made of it. */
  async function post<T>(path: string, body: object): Promise<T> {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const answer = await fetch(outrider.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(201);
    return (await answer.json()) as T;
  }
  const silence = (wanted: object) =>
    post<{ readonly id: string; readonly startsAt: string }>('/api/v1/silences', wanted);

  it('is a silence until it expires: then what still fails is told, with its true beginning', async ({ expect }) => {
    const matchers = [{ name: 'target', value: 'quiet' }];
    const { id, startsAt } = await silence({ matchers, endsAt: soon(3_600_000), comment: 'new disk' });
    failing.add('quiet');
    const silenced = await untilShown(outrider, 'silenced', 'HttpDown', 'quiet');
    expect(silenced.silencedBy).toEqual([id]);
    const { lastProbe } = (await shownTargets(outrider))['quiet'] ?? {};
    await until('it is probed on', async () =>
      (await shownTargets(outrider))['quiet']?.lastProbe === lastProbe ? undefined : true,
    );
    expect(await alertmanager.active({ target: 'quiet' })).toEqual([]);

    const endsAt = soon(1500);
    expect((await silence({ id, matchers, startsAt, endsAt, comment: 'done' })).id).toBe(id);
    const { value: told } = await until('it is told', async () => (await alertmanager.active({ target: 'quiet' }))[0]);
    expect(told.startsAt).toBe(silenced.since);
    expect(Date.parse(told.updatedAt)).toBeGreaterThanOrEqual(Date.parse(endsAt));

    failing.delete('quiet');
    await alertmanager.untilTold({ target: 'quiet' }, ['firing HttpDown/quiet P1', 'resolved HttpDown/quiet P1']);
  });

  it('is a silence, but not the end of what was told before it', async ({ expect }) => {
    failing.add('loud');
    await alertmanager.untilTold({ target: 'loud' }, ['firing HttpDown/loud P1']);
    await silence({ matchers: [{ name: 'target', value: 'lou.', isRegex: true }], endsAt: soon(3_600_000) });
    await untilShown(outrider, 'silenced', 'HttpDown', 'loud');
    expect(await alertmanager.active({ target: 'loud' })).toHaveLength(1);
    failing.delete('loud');
    await alertmanager.untilTold({ target: 'loud' }, ['firing HttpDown/loud P1', 'resolved HttpDown/loud P1']);
  });

  it('is a maintenance, also of what fails because of it, until its end: then only the root is told', async ({
    expect,
  }) => {
    const endsAt = soon(WINDOW_MS);
    const { id } = await post<{ readonly id: string }>('/api/v1/maintenance', {
      name: 'upgrade',
      targets: ['base'],
      endsAt,
    });
    failing.add('base').add('front');
    const root = await untilShown(outrider, 'silenced', 'HttpDown', 'base');
    expect(root.silencedBy).toEqual([id]);
    const symptom = await untilShown(outrider, 'suppressed', 'HttpDown', 'front');
    expect(symptom.suppressedBy).toEqual([root.fingerprint]);
    expect(seriesIn(await exposedBy(outrider), 'outrider_maintenance', { target: 'base' })).toBe(1);
    expect(await alertmanager.active({ target: 'base' })).toEqual([]);

    const { value: told } = await until('it is told', async () => (await alertmanager.active({ target: 'base' }))[0]);
    expect(told.startsAt).toBe(root.since);
    expect(told.annotations['symptoms']).toBe('front');
    expect(Date.parse(told.updatedAt)).toBeGreaterThanOrEqual(Date.parse(endsAt));
    await untilShown(outrider, 'suppressed', 'HttpDown', 'front');

    failing.delete('base');
    failing.delete('front');
    await untilQuiet(outrider, 'front');
    await alertmanager.untilTold({ target: 'base' }, ['firing HttpDown/base P1', 'resolved HttpDown/base P1']);
    expect(alertmanager.told({ target: 'front' })).toEqual([]);
  });
});
