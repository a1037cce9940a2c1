import { Resolver as Channel } from 'node:dns';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { codeOf, isOwnLimit } from './failure.ts';
import { candidates, parseHosts, parseResolvConf, type ResolvConf } from './name-files.ts';
import type { Address, NameServers, NoAddress, Resolved, Resolver } from './resolver.ts';

export interface ResolverOptions {
  readonly clock: Pick<Clock, 'monoMs'>;
  readonly hostsFile?: string;
  readonly resolvConf?: string;
  /** Name servers in place of the file's: `127.0.0.1:5353`. */
  readonly servers?: readonly string[];
}

/** How often the two files are looked at for a change. */
const LOOK_AGAIN_MS = 1000;
/** Idle channels to the name servers that are kept; each serves one lookup at a time, so that it can be cancelled alone. */
const MOST_IDLE = 64;
const MOST_LITERALS = 50_000;

const LOCALHOST: Promise<Resolved> = Promise.resolve({
  ok: true,
  addresses: [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ],
});

/** Opens the resolver that all probes share; disposing it ends what is under way. */
export function openResolver(options: ResolverOptions): Resolver & NameServers & Disposable {
  const { clock, hostsFile = '/etc/hosts', resolvConf = '/etc/resolv.conf' } = options;
  const hosts = watched(hostsFile, parseHosts, clock);
  const nameServers = watched(resolvConf, (text) => withServers(parseResolvConf(text), options.servers), clock);
  const literals = new Map<string, Promise<Resolved>>();
  const pool = openPool();
  /** The last two names that were found: they will be known to the name servers again. */
  let found: readonly string[] = [];

  async function lookUp(host: string, signal: AbortSignal): Promise<Resolved> {
    const conf = nameServers();
    let failure: Extract<Resolved, { ok: false }> | undefined;
    for (const name of candidates(host, conf)) {
      const answer = await pool.ask(name, conf, signal);
      if (answer.kind === 'found') {
        if (found[0] !== name) found = [name, ...found.filter((other) => other !== name)].slice(0, 2);
        return { ok: true, addresses: answer.addresses };
      }
      if (answer.kind === 'none') continue;
      if (answer.code === 'ECONNREFUSED') assertDescriptors();
      failure ??= { ok: false, why: whyOf(answer.code), message: sayWhy(answer.code, host) };
      if (answer.code !== 'ESERVFAIL') break; // a server that does not answer would not answer for the next name
    }
    return failure ?? { ok: false, why: 'no-name', message: `no address found for ${host}` };
  }

  return {
    resolve(host, signal) {
      const literal = literals.get(host) ?? remember(literals, host);
      if (literal !== undefined) return literal;
      const name = host.toLowerCase().replace(/\.$/, '');
      if (name === 'localhost' || name.endsWith('.localhost')) return LOCALHOST;
      const addresses = hosts().get(name);
      if (addresses !== undefined) return Promise.resolve({ ok: true, addresses });
      return lookUp(host, signal);
    },
    async isAnswering(signal) {
      const conf = nameServers();
      const unknown = `outrider-${Math.trunc(clock.monoMs()).toString(36)}.invalid`; // new each time: in nobody's cache
      const over = new AbortController();
      const ending = AbortSignal.any([signal, over.signal]);
      const asked = [...found, unknown].map(async (name) => {
        const answer = await pool.ask(name, conf, ending);
        return answer.kind !== 'failed' || whyOf(answer.code) !== 'no-answer';
      });
      try {
        return await anyTrue(asked);
      } finally {
        over.abort();
      }
    },
    servers: () => nameServers().servers,
    [Symbol.dispose]: () => pool[Symbol.dispose](),
  };
}

/** Whether one of them comes true; it waits for the others only as long as none has. */
const anyTrue = (promises: readonly Promise<boolean>[]): Promise<boolean> =>
  Promise.any(promises.map(async (promise) => (await promise) || Promise.reject(new Error('no')))).catch(() => false);

/** An address is its own answer, made once; undefined for a name. */
function remember(literals: Map<string, Promise<Resolved>>, host: string): Promise<Resolved> | undefined {
  const address = host.startsWith('[') ? host.slice(1, -1) : host;
  const family = isIP(address);
  if (family !== 4 && family !== 6) return undefined;
  if (literals.size >= MOST_LITERALS) literals.clear();
  const answer = Promise.resolve<Resolved>({ ok: true, addresses: [{ address, family }] });
  literals.set(host, answer);
  return answer;
}

const withServers = (conf: ResolvConf, servers: readonly string[] | undefined): ResolvConf =>
  servers === undefined ? conf : { ...conf, servers };

/** A file's parsed content, read again when the file has changed; a missing file is an empty one. */
function watched<T>(file: string, parse: (text: string) => T, clock: Pick<Clock, 'monoMs'>): () => T {
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let version: string | undefined;
  let content = parse('');
  return () => {
    const nowMs = clock.monoMs();
    if (nowMs - lookedAtMs < LOOK_AGAIN_MS) return content;
    lookedAtMs = nowMs;
    const stat = statSync(file, { throwIfNoEntry: false });
    const seen = stat === undefined ? '' : `${stat.ino}:${stat.mtimeMs}:${stat.size}`;
    if (seen === version) return content;
    content = parse(stat === undefined ? '' : readText(file));
    version = seen;
    return content;
  };
}

/** A file that may not be read is an empty one; throws where Outrider itself has no descriptor left. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isOwnLimit(error)) throw error;
    return '';
  }
}

/** Throws where no descriptor is left: then a name server that did not answer was never asked. */
const assertDescriptors = (): void => closeSync(openSync('/dev/null', 'r'));

type Answer =
  | { readonly kind: 'found'; readonly addresses: readonly [Address, ...Address[]] }
  | { readonly kind: 'none' }
  | { readonly kind: 'failed'; readonly code: string };

interface Pool extends Disposable {
  ask(name: string, conf: ResolvConf, signal: AbortSignal): Promise<Answer>;
}

function openPool(): Pool {
  let made: ResolvConf | undefined;
  let idle: Channel[] = [];
  const busy = new Set<Channel>();

  function take(conf: ResolvConf): Channel {
    if (conf !== made) idle = [];
    made = conf;
    const channel = idle.pop() ?? openChannel(conf);
    busy.add(channel);
    return channel;
  }

  function giveBack(channel: Channel, conf: ResolvConf): void {
    busy.delete(channel);
    if (conf === made && idle.length < MOST_IDLE) idle.push(channel);
  }

  return {
    async ask(name, conf, signal) {
      const channel = take(conf);
      const cancel = () => channel.cancel();
      signal.addEventListener('abort', cancel);
      try {
        if (signal.aborted) return { kind: 'failed', code: 'ECANCELLED' };
        // One after the other: where there is an IPv4 address, a name server that swallows questions for IPv6 costs nothing.
        const four = await query(channel, name, 4);
        return four.kind === 'none' ? await query(channel, name, 6) : four;
      } finally {
        signal.removeEventListener('abort', cancel);
        giveBack(channel, conf);
      }
    },
    [Symbol.dispose]() {
      for (const channel of busy) channel.cancel();
      idle = [];
    },
  };
}

function openChannel(conf: ResolvConf): Channel {
  const { timeoutMs: timeout, attempts: tries } = conf;
  const channel = new Channel({ timeout, tries, maxTimeout: timeout });
  channel.setServers(conf.servers);
  return channel;
}

const query = (channel: Channel, name: string, family: 4 | 6): Promise<Answer> =>
  new Promise((resolve) => {
    const done = (error: Error | null, found: readonly string[]) =>
      resolve(error === null ? toAnswer(found, family) : toFailure(error));
    if (family === 4) channel.resolve4(name, done);
    else channel.resolve6(name, done);
  });

function toAnswer(found: readonly string[], family: 4 | 6): Answer {
  const [first, ...rest] = found.map((address): Address => ({ address, family }));
  return first === undefined ? { kind: 'none' } : { kind: 'found', addresses: [first, ...rest] };
}

function toFailure(error: Error): Answer {
  const code = codeOf(error) ?? 'EOTHER';
  return code === 'ENOTFOUND' || code === 'ENODATA' ? { kind: 'none' } : { kind: 'failed', code };
}

function whyOf(code: string): NoAddress {
  if (code === 'ETIMEOUT' || code === 'ECONNREFUSED' || code === 'ECANCELLED') return 'no-answer';
  return code === 'EBADNAME' ? 'no-name' : 'failed';
}

function sayWhy(code: string, host: string): string {
  switch (code) {
    case 'ECANCELLED':
      return `looking up ${host} did not end in time`;
    case 'ETIMEOUT':
    case 'ECONNREFUSED':
      return `no name server answered for ${host}`;
    case 'ESERVFAIL':
      return `the name server failed on ${host} (SERVFAIL)`;
    case 'EREFUSED':
      return `the name server refused to answer for ${host}`;
    case 'EBADNAME':
      return `${host} is not a name that DNS can have`;
    default:
      return `looking up ${host} failed: ${code}`;
  }
}
