import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeFolder, type Service, temporaryFolder } from '../../demo/service/service.ts';
import { http } from '../../src/probe/http/type.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { scrape, startExporter } from '../support/exporter.ts';
import { exposeProbe, promtoolSays } from '../support/exposition.ts';
import { compareExpositions, parseExposition, type Tolerance } from '../support/peer.ts';
import { probeEnvironment } from '../support/probe-environment.ts';

const PAGE = 'All is well.\n'.repeat(50);

/** Pages that take 300 ms to begin and 200 ms to end, so that the phases can be told apart. */
const site: RequestListener = async (request, response) => {
  if (request.url === '/moved') return void response.writeHead(302, { location: '/' }).end();
  const body = request.url === '/gzip' ? gzipSync(PAGE) : Buffer.from(PAGE);
  await sleep(300);
  response.writeHead(request.url === '/missing' ? 404 : 200, {
    'content-type': 'text/plain',
    'content-length': body.length,
    'last-modified': 'Wed, 21 Oct 2015 07:28:00 GMT',
    ...(request.url === '/gzip' ? { 'content-encoding': 'gzip' } : {}),
  });
  response.write(body.subarray(0, 10));
  await sleep(200);
  response.end(body.subarray(10));
};

const modules = (caFile: string) => `
modules:
  page: { prober: http, http: { preferred_ip_protocol: ip4, tls_config: { ca_file: ${caFile} } } }
  gzip: { prober: http, http: { preferred_ip_protocol: ip4, compression: gzip } }
  text: { prober: http, http: { preferred_ip_protocol: ip4, fail_if_body_not_matches_regexp: ["All is lost"] } }
`;

// How long something takes differs a little each time; on a busy machine it may take a second try.
const DURATION: Tolerance = { absolute: 0.1 };
const TOLERANCES: Readonly<Record<string, Tolerance>> = {
  probe_duration_seconds: DURATION,
  probe_http_duration_seconds: DURATION,
  probe_dns_lookup_time_seconds: DURATION,
};

const TLS_INFO = 'probe_ssl_last_chain_info';

describe('beside blackbox_exporter on the same services', () => {
  const plain = createServer(site);
  let certificates: Certificates;
  let secure: ReturnType<typeof createTlsServer>;
  let folder: string;
  let blackbox: Service;
  beforeAll(async () => {
    certificates = await makeCertificates('DNS:localhost', 'IP:127.0.0.1');
    secure = createTlsServer({ cert: certificates.cert, key: certificates.key }, site);
    for (const server of [plain, secure]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    folder = await temporaryFolder('blackbox');
    const config = join(folder, 'blackbox.yml');
    await writeFile(config, modules(certificates.caFile));
    const args = (address: string) => [`--config.file=${config}`, `--web.listen-address=${address}`];
    blackbox = await startExporter({ name: 'blackbox_exporter', args });
  });
  afterAll(async () => {
    for (const server of [plain, secure]) server.close().closeAllConnections();
    await blackbox[Symbol.asyncDispose]();
    await removeFolder(folder);
    await certificates[Symbol.asyncDispose]();
  });

  const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
  const PHASES = ['probe_http_duration_seconds', 'probe_success', 'probe_http_status_code', 'probe_ip_addr_hash'];
  const TLS = ['probe_ssl_earliest_cert_expiry', 'probe_tls_version_info', TLS_INFO];

  it.each([
    ['a page', 'page', () => `http://127.0.0.1:${portOf(plain)}/`, {}, PHASES],
    ['a page by name', 'page', () => `http://localhost:${portOf(plain)}/`, {}, PHASES],
    ['a redirect', 'page', () => `http://127.0.0.1:${portOf(plain)}/moved`, {}, PHASES],
    ['a page that is not there', 'page', () => `http://127.0.0.1:${portOf(plain)}/missing`, {}, PHASES],
    ['a compressed page', 'gzip', () => `http://127.0.0.1:${portOf(plain)}/gzip`, {}, PHASES],
    [
      'a page without the text',
      'text',
      () => `http://127.0.0.1:${portOf(plain)}/`,
      { expect: { body: '/All is lost/' } },
      PHASES,
    ],
    ['a page by TLS', 'page', () => `https://localhost:${portOf(secure)}/`, {}, [...PHASES, ...TLS]],
  ])('every metric that both expose of %s agrees', { retry: 3 }, async (_, module, url, keys, expected) => {
    const isTls = url().startsWith('https:');
    const tls = isTls ? { tls: { ca: certificates.caFile } } : {};
    const settings = http.schema.parse({ type: 'http', url: url(), ...tls, ...keys });
    await using prober = await http.open(settings, probeEnvironment());
    const asked = new URL(`/probe?${new URLSearchParams({ target: url(), module })}`, blackbox.url).href;
    const before = await scrape(asked);
    const text = await exposeProbe(http, prober);
    const after = await scrape(asked);
    const ours = parseExposition(text);
    const report = compareExpositions({
      ours,
      before,
      after,
      tolerances: TOLERANCES,
      // Newer exporters tell the serial number too, as Outrider does.
      ownLabels: isTls ? { [TLS_INFO]: ['serialnumber'] } : {},
      exceptions: [],
    });
    expect(report.differences).toEqual([]);
    expect(report.idle).toEqual([]);
    expect(report.compared).toEqual(expect.arrayContaining(expected));
    expect(await promtoolSays(text)).toBe('');
  });
});
