import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** PEM texts of a certificate (followed by those of its signers but the root) and its key. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** Subject alternative names such as `IP:127.0.0.1` and `DNS:localhost`. */
  readonly names?: readonly string[];
  /** `/O=Shop/CN=api.example`. */
  readonly subject?: string;
  /** Days from now, negative for the past; default from yesterday to tomorrow. */
  readonly fromDays?: number;
  readonly toDays?: number;
}

/** An authority of one's own; disposing removes its files. */
export interface Authority extends AsyncDisposable {
  readonly ca: string;
  readonly caFile: string;
  issue(options: CertificateOptions): Promise<KeyPair>;
  /** A certificate that nobody but itself has signed. */
  selfSign(options: CertificateOptions): Promise<KeyPair>;
  /** An authority below this one, whose certificate goes along with those that it issues. */
  subordinate(options: CertificateOptions): Promise<Authority>;
}

const DAY_MS = 86_400_000;
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** What `openssl ca` asks for, beside what it is told on the command line; it alone takes dates of the past. */
const CA_CONFIG = `[ca]
default_ca = own
[own]
database = index
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
organizationName = optional
`;

/** Makes an authority with openssl. */
export async function makeAuthority(): Promise<Authority> {
  const folder = await openFolder();
  const days = ['-days', '30', '-addext', 'basicConstraints=critical,CA:TRUE'];
  await openssl(folder, 'req', '-x509', ...KEY, '-keyout', 'ca.key', '-out', 'ca.crt', ...days, '-subj', '/CN=test ca');
  return authority(folder, '');
}

async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-certificates-'));
  await writeFile(join(folder, 'ca.cnf'), CA_CONFIG);
  return folder;
}

const openssl = (folder: string, ...args: readonly string[]) => run('openssl', args, { cwd: folder });

async function authority(folder: string, chain: string): Promise<Authority> {
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  return {
    ca: await read('ca.crt'),
    caFile: join(folder, 'ca.crt'),
    async issue(options) {
      const extensions = `subjectAltName=${(options.names ?? ['IP:127.0.0.1']).join(',')}`;
      const pair = await sign(folder, options, extensions);
      return { cert: pair.cert + chain, key: pair.key };
    },
    async selfSign({ names = ['IP:127.0.0.1'], subject = '/CN=test server' }) {
      const more = ['-days', '2', '-subj', subject, '-addext', `subjectAltName=${names.join(',')}`];
      await openssl(folder, 'req', '-x509', ...KEY, '-keyout', 'self.key', '-out', 'self.crt', ...more);
      return { cert: await read('self.crt'), key: await read('self.key') };
    },
    async subordinate(options) {
      const pair = await sign(folder, options, 'basicConstraints=critical,CA:TRUE');
      const below = await openFolder();
      await writeFile(join(below, 'ca.crt'), pair.cert);
      await writeFile(join(below, 'ca.key'), pair.key);
      return authority(below, pair.cert + chain);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function sign(folder: string, options: CertificateOptions, extensions: string): Promise<KeyPair> {
  const { subject = '/CN=test server', fromDays = -1, toDays = 1 } = options;
  await openssl(folder, 'req', ...KEY, '-keyout', 'one.key', '-out', 'one.csr', '-subj', subject);
  await writeFile(join(folder, 'extensions'), `${extensions}\n`);
  await writeFile(join(folder, 'index'), '');
  const files = [
    '-in',
    'one.csr',
    '-out',
    'one.crt',
    '-cert',
    'ca.crt',
    '-keyfile',
    'ca.key',
    '-extfile',
    'extensions',
  ];
  const dates = ['-startdate', asn1Time(fromDays), '-enddate', asn1Time(toDays)];
  await openssl(folder, 'ca', '-batch', '-notext', '-config', 'ca.cnf', ...files, ...dates);
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  return { cert: await read('one.crt'), key: await read('one.key') };
}

/** `20270101120000Z`. */
const asn1Time = (days: number): string =>
  `${new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;

/** PEM texts and files of an authority of one's own and of a certificate that it signed; disposing removes the files. */
export interface Certificates extends AsyncDisposable, KeyPair {
  readonly ca: string;
  readonly caFile: string;
}

/** Makes both, for subject alternative names such as `IP:127.0.0.1` and `DNS:localhost`. */
export async function makeCertificates(...names: readonly string[]): Promise<Certificates> {
  const made = await makeAuthority();
  const { cert, key } = await made.issue({ names });
  return { ca: made.ca, caFile: made.caFile, cert, key, [Symbol.asyncDispose]: () => made[Symbol.asyncDispose]() };
}
