import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresService, startPostgres } from '../../demo/service/postgres.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { look, lookOnce, openPostgresProber, otherSession } from '../support/postgres.ts';

const PLAIN_ONLY = 'hostnossl all plainonly 127.0.0.1/32 trust\nhostssl all plainonly 127.0.0.1/32 reject';
const TLS_ONLY = 'hostssl all tlsonly 127.0.0.1/32 trust\nhostnossl all tlsonly 127.0.0.1/32 reject';

let certificates: Certificates;
let server: PostgresService;
let plain: PostgresService;
beforeAll(async () => {
  certificates = await makeCertificates('IP:127.0.0.1', 'DNS:db.example');
  [server, plain] = await Promise.all([
    startPostgres({ tls: certificates, hba: `${PLAIN_ONLY}\n${TLS_ONLY}` }),
    startPostgres(),
  ]);
  await using other = await otherSession(server);
  await other.ask('create role plainonly login; create role tlsonly login');
});
afterAll(() => Promise.all([server, plain, certificates].map((opened) => opened[Symbol.asyncDispose]())));

const at = ({ host, port }: PostgresService, keys: object) => ({ host, port, username: 'postgres', ...keys });

describe('with TLS on the server', () => {
  it.each([
    ['prefer', {}],
    ['require', { sslmode: 'require' }],
    ['verify-full with its authority', { sslmode: 'verify-full', tls: 'own' }],
    ['a tls block alone', { tls: 'own' }],
    ['verify-ca under another name', { host: 'localhost', sslmode: 'verify-ca', tls: 'own' }],
    ['verify-full under the name to ask for', { host: 'localhost', tls: 'own', as: 'db.example' }],
    ['insecure_skip_verify', { host: 'localhost', tls: 'any' }],
  ])('is up and encrypted by %s', async (_mode, keys) => {
    const seen = await lookOnce(at(server, withBlock(keys)));
    expect(seen).toMatchObject({ outcome: 'up', evidence: { tls: 'TLSv1.3' } });
  });

  it('is plain by disable', async () => {
    await using prober = await openPostgresProber(at(server, { sslmode: 'disable' }));
    await using other = await otherSession(server);
    expect(await look(prober)).toMatchObject({ outcome: 'up' });
    const rows = await other.ask(
      "select ssl from pg_stat_ssl join pg_stat_activity using (pid) where application_name = 'outrider'",
    );
    expect(rows).toEqual([{ ssl: false }]);
  });

  it.each([
    ['an authority that is not known', { sslmode: 'verify-full' }, 'was signed by an unknown authority'],
    ['another name than the certificate’s', { host: 'localhost', tls: 'own' }, 'is for another name'],
  ])('is down for %s', async (_what, keys, message) => {
    const seen = await lookOnce(at(server, withBlock(keys)));
    expect(seen).toMatchObject({ outcome: 'down', reason: 'tls', message: expect.stringContaining(message) });
  });

  it('falls back to plain by prefer where the server wants this user so', async () => {
    expect(await lookOnce(at(server, { username: 'plainonly', database: 'postgres' }))).toMatchObject({
      outcome: 'up',
    });
    const insisting = await lookOnce(at(server, { username: 'plainonly', database: 'postgres', sslmode: 'require' }));
    expect(insisting).toMatchObject({ outcome: 'down', reason: 'auth' });
  });

  it('is down for auth where the server wants TLS and the mode is disable', async () => {
    const seen = await lookOnce(at(server, { username: 'tlsonly', database: 'postgres', sslmode: 'disable' }));
    expect(seen).toMatchObject({ outcome: 'down', reason: 'auth' });
  });

  it('takes the authority from the URL', async () => {
    const query = `sslmode=require&sslrootcert=${encodeURIComponent(certificates.caFile)}`;
    expect(await lookOnce({ url: `${server.url}?${query}` })).toMatchObject({ outcome: 'up' });
    const stranger = await lookOnce({ url: `${server.url}?sslmode=verify-full` });
    expect(stranger).toMatchObject({ outcome: 'down', reason: 'tls' });
  });
});

describe('without TLS on the server', () => {
  it('is up by prefer', async () => {
    const seen = await lookOnce(at(plain, {}));
    expect(seen.outcome).toBe('up');
    expect(seen.evidence).not.toHaveProperty('tls');
  });

  it('is down by require', async () => {
    const message = `${plain.host}:${plain.port} offers no TLS, but sslmode is require`;
    expect(await lookOnce(at(plain, { sslmode: 'require' }))).toMatchObject({
      outcome: 'down',
      reason: 'tls',
      message,
    });
  });
});

/** The `tls` block that a case means; its files are known only once they were made. */
function withBlock({ tls, as, ...keys }: { tls?: string; as?: string; host?: string; sslmode?: string }): object {
  if (tls === 'own')
    return { ...keys, tls: { ca: certificates.caFile, ...(as === undefined ? {} : { server_name: as }) } };
  return tls === 'any' ? { ...keys, tls: { insecure_skip_verify: true } } : keys;
}
