import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PEM texts and files of an authority of one's own and of a certificate that it signed; disposing removes the files. */
export interface Certificates extends AsyncDisposable {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly caFile: string;
}

/** Makes them with openssl, for subject alternative names such as `IP:127.0.0.1` and `DNS:localhost`. */
export async function makeCertificates(...names: readonly string[]): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-certificates-'));
  const openssl = (...args: readonly string[]) => run('openssl', args, { cwd: folder });
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl('req', '-x509', ...fresh, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '2', '-subj', '/CN=test ca');
  await openssl('req', ...fresh, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=test server');
  await writeFile(join(folder, 'names'), `subjectAltName=${names.join(',')}\n`);
  const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  await openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.crt', ...signer);
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  return {
    ca: await read('ca.crt'),
    cert: await read('server.crt'),
    key: await read('server.key'),
    caFile: join(folder, 'ca.crt'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
