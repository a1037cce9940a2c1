import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GUARD, type GuardedAlertmanager, startGuardedAlertmanager } from '../support/alertmanager.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { exposedBy, seriesIn, untilStatus } from '../support/daemon.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

const WRONG = 'canary-of-a-wrong-password';

describe('an Alertmanager behind TLS of one’s own authority, a password and a path prefix', () => {
  let certificates: Certificates;
  let alertmanager: GuardedAlertmanager;
  let server: HttpServer;
  let outrider: Outrider;
  let failing = false;

  const config = (password: string, ca = certificates.caFile) => `
service: shop
defaults: { interval: 500ms, timeout: 400ms }
targets: [{ name: api, type: http, url: "${server.url}" }]
notify:
  alertmanager:
    urls: ["https://127.0.0.1:${alertmanager.port}"]
    path_prefix: /am
    auth: { basic: { username: ${GUARD.username}, password: "${password}" } }
    tls: ${ca === '' ? '{}' : `{ ca: "${ca}" }`}
    labels: { source: outrider }
watchdog: { to: [] }
`;
  const failures = async (): Promise<number> =>
    seriesIn(await exposedBy(outrider), 'outrider_notifications_total', { outcome: 'failed' }) ?? 0;
  const complaints = () =>
    outrider
      .output()
      .split('\n')
      .filter((line) => line.includes('a receiver could not be told'));

  beforeAll(async () => {
    certificates = await makeCertificates('IP:127.0.0.1');
    server = await startHttpServer((_request, response) => response.writeHead(failing ? 503 : 200).end());
    alertmanager = await startGuardedAlertmanager(certificates, '/am');
    outrider = await startOutrider(config(GUARD.password));
    await untilStatus(outrider, 'up', ['api']);
  });
  afterAll(async () => {
    const all = [outrider, server, alertmanager, certificates];
    await Promise.all(all.map((one) => one?.[Symbol.asyncDispose]()));
  });
  const fail = async () => {
    failing = true;
    await untilStatus(outrider, 'down', ['api']);
  };
  const recover = async () => {
    failing = false;
    await untilStatus(outrider, 'up', ['api']);
  };

  it('is told of an outage and its end', async () => {
    await fail();
    const { value } = await until('it is told', async () => (await alertmanager.active())[0], 2000);
    expect(value.labels).toMatchObject({ alertname: 'HttpDown', target: 'api', source: 'outrider' });
    await recover();
    await until(
      'it is told of the end',
      async () => ((await alertmanager.active()).length === 0 ? true : undefined),
      2000,
    );
    expect(await alertmanager.received()).toEqual({ firing: 1, resolved: 1, invalid: 0 });
    expect(complaints()).toEqual([]);
  });

  it('that refuses the password is complained of once, without the password, and told everything once it is right', async () => {
    await outrider.reload(config(WRONG));
    await fail();
    await recover();
    const before = await failures();
    await until('it was tried again and again', async () => ((await failures()) >= before + 2 ? true : undefined));
    expect(complaints()).toEqual([expect.stringMatching(/outcome=failed why="answered 401: Unauthorized"$/)]);
    expect(outrider.output()).not.toContain(WRONG);
    expect(await alertmanager.received()).toEqual({ firing: 1, resolved: 1, invalid: 0 });

    await outrider.reload(config(GUARD.password));
    // Since the last reload it came and went; before that one it was told of an outage, whose end is told for 15 minutes.
    await until('both were told', async () => {
      const { firing, resolved } = await alertmanager.received();
      return firing === 2 && resolved >= 2 ? true : undefined;
    });
    // The first outage's end is told again too: only an empty list says that the second one's has arrived.
    await until('nothing is active', async () => ((await alertmanager.active()).length === 0 ? true : undefined));
  });

  it('whose certificate nobody vouches for is not told', async () => {
    const { firing } = await alertmanager.received();
    await outrider.reload(config(GUARD.password, ''));
    await fail();
    await until('an attempt failed', async () =>
      complaints().find((line) => line.includes('was signed by an unknown authority')),
    );
    expect((await alertmanager.received()).firing).toBe(firing);
    await outrider.reload(config(GUARD.password));
    await until('it is told', async () => (await alertmanager.active())[0]);
    await recover();
  });
});
