import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary } from '../../demo/service/binary.ts';
import { launch } from '../../demo/service/process.ts';
import type { KeyPair } from './certificates.ts';
import { until } from './wait.ts';

/** A mail as the server took it. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly encrypted: boolean;
  readonly user: string | null;
  /** Each byte a character. */
  readonly raw: string;
  /** Decoded. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly parts: readonly { readonly type: string; readonly charset: string | null; readonly text: string }[];
}

export interface SmtpServer extends AsyncDisposable {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** The first so many mails. */
  untilMails(count: number): Promise<readonly ReceivedMail[]>;
}

export interface SmtpOptions {
  /** Offers STARTTLS, or TLS from the start. */
  readonly tls?: KeyPair;
  readonly implicitTls?: boolean;
  /** `name:password`; who has none may send nothing. */
  readonly user?: string;
}

const PROGRAM = join(import.meta.dirname, '..', 'fixture', 'smtp-server.py');

/** The Python that Debian's aiosmtpd runs on: the machine may have others. */
const python = (): string => /^#!\s*(\S+)/.exec(readFileSync(binary('aiosmtpd'), 'utf8'))?.[1] ?? 'python3';

/** A real SMTP server (aiosmtpd) on a free port of 127.0.0.1. */
export async function startSmtp({ tls, implicitTls, user }: SmtpOptions = {}): Promise<SmtpServer> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-smtp-'));
  const args = [PROGRAM];
  if (tls !== undefined) {
    await writeFile(join(folder, 'cert.pem'), tls.cert);
    await writeFile(join(folder, 'key.pem'), tls.key);
    args.push('--certificate', join(folder, 'cert.pem'), '--key', join(folder, 'key.pem'));
  }
  if (implicitTls === true) args.push('--implicit-tls');
  if (user !== undefined) args.push('--user', user);
  const lines: unknown[] = [];
  let rest = '';
  const running = await launch({ name: 'aiosmtpd', file: python(), args, cwd: folder }, (text, stream) => {
    if (stream !== 'stdout') return;
    const whole = (rest + text).split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) lines.push(JSON.parse(line));
  });
  const end = async () => {
    await running.end('SIGTERM', 2000);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const { value: first } = await until('aiosmtpd listens', () => {
      if (!running.alive) throw new Error(`aiosmtpd ended: ${running.tail()}`);
      return lines[0] as { readonly port: number } | undefined;
    });
    const mails = () => lines.slice(1) as readonly ReceivedMail[];
    return {
      port: first.port,
      get mails() {
        return mails();
      },
      async untilMails(count) {
        await until(`mail ${count}`, () => (mails().length >= count ? true : undefined), 10_000);
        return mails().slice(0, count);
      },
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}
