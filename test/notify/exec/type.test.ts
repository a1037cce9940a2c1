import { mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Peer } from '../../../src/notify/contract.ts';
import { exec } from '../../../src/notify/exec/type.ts';
import { toWebhookPayload } from '../../../src/notify/webhook/payload.ts';
import { configFolder } from '../../support/config-folder.ts';
import { ALERT, messageOf, NOW_MS, openPeerOf, send } from '../../support/receiver.ts';
import { until } from '../../support/wait.ts';

const AROUND = { receiver: 'pager', externalUrl: 'https://outrider.example.com' };

function folderOf() {
  const folder = configFolder();
  onTestFinished(() => folder[Symbol.dispose]());
  return folder;
}

/** A receiver that runs this text as a shell script, in a folder of its own. */
async function script(text: string, keys: Record<string, unknown> = {}) {
  const folder = folderOf();
  folder.write('tell.sh', `#!/bin/sh\n${text}\n`, 0o700);
  const peer = await openPeerOf(exec, { run: ['./tell.sh'], ...keys }, { ...AROUND, filesFrom: folder.path });
  return { peer, path: folder.path, read: (name: string) => readFileSync(`${folder.path}/${name}`, 'utf8') };
}

/** Gone, or dead and not yet collected. */
function isDead(pid: string): boolean {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid.trim()}/status`, 'utf8'));
  } catch {
    return true;
  }
}

describe('a program is told', () => {
  it('what a webhook is sent, on its standard input', async () => {
    const { peer, read } = await script('cat > told.json');
    expect(await send(peer)).toEqual({ ok: true });
    expect(JSON.parse(read('told.json'))).toEqual(toWebhookPayload(messageOf(), AROUND));
  });

  it('the essentials in its environment, and nothing of ours but where programs and languages are', async () => {
    const { peer, read } = await script('env > env.txt');
    await send(peer);
    const variables = read('env.txt')
      .split('\n')
      .filter((line) => /^\w+=/.test(line));
    const names = variables.map((line) => line.slice(0, line.indexOf('=')));
    const own = ['KEY', 'STATUS', 'SEVERITY', 'GROUP', 'STEP', 'TITLE'].map((name) => `OUTRIDER_${name}`);
    const ofTheShell = ['PWD', 'OLDPWD', 'SHLVL', '_'];
    expect(names).toEqual(expect.arrayContaining(['PATH', ...own]));
    expect(names.filter((name) => ![...own, 'PATH', 'HOME', 'LANG', ...ofTheShell].includes(name))).toEqual([]);
    expect(variables).toEqual(
      expect.arrayContaining([
        `OUTRIDER_KEY=${messageOf().key}`,
        'OUTRIDER_STATUS=firing',
        'OUTRIDER_SEVERITY=P1',
        'OUTRIDER_GROUP=g',
        'OUTRIDER_STEP=first',
        'OUTRIDER_TITLE=P1 database: Postgres database is down',
      ]),
    );
  });

  it('of an end as one', async () => {
    const { peer, read } = await script('echo "$OUTRIDER_STATUS $OUTRIDER_STEP" > told');
    await send(peer, { step: 'over', changed: [{ status: 'resolved', alert: ALERT, endsAtMs: NOW_MS }] });
    expect(read('told')).toBe('resolved over\n');
  });

  it('with words that no variable can hold made into ones that it can', async () => {
    const { peer, read } = await script('printf %s "$OUTRIDER_GROUP" > told');
    expect(await send(peer, { group: 'a\u0000b\nc' })).toEqual({ ok: true });
    expect(read('told')).toBe('a b c');
  });

  it('its arguments as they are: no shell reads them', async () => {
    const folder = folderOf();
    const run = ['sh', '-c', 'printf "%s|" "$@" > told', 'name', '$HOME', '`id`; rm -rf .', '*'];
    await send(await openPeerOf(exec, { run }, { ...AROUND, filesFrom: folder.path }));
    expect(readFileSync(`${folder.path}/told`, 'utf8')).toBe('$HOME|`id`; rm -rf .|*|');
  });

  it.each([
    ['the config file’s folder', {}, ''],
    ['a folder below it', { dir: 'below' }, '/below'],
  ])('in %s', async (_, keys, expected) => {
    const { peer, path, read } = await script('pwd > "$0.told"', keys);
    mkdirSync(`${path}/below`);
    await send(peer);
    expect(read('tell.sh.told')).toBe(`${path}${expected}\n`);
  });

  it('and need not read it', async () => {
    const { peer } = await script('exit 0');
    const annotations = { summary: 'x'.repeat(1_000_000) };
    expect(await send(peer, { changed: [{ status: 'firing', alert: { ...ALERT, annotations } }] })).toEqual({
      ok: true,
    });
  });
});

describe('what a program answers', () => {
  it.each<[string, string, object]>([
    ['exit code 0', 'echo noise; echo noise >&2', { ok: true }],
    [
      'another exit code',
      'echo nobody is on call >&2; exit 75',
      { retry: true, reason: 'server', message: 'exit code 75: nobody is on call' },
    ],
    ['words on stdout alone', 'echo no modem; exit 1', { retry: true, message: 'exit code 1: no modem' }],
    ['nothing but an exit code', 'exit 3', { retry: true, message: 'exit code 3' }],
    ['several lines', 'printf "one\\n  two\\n" >&2; exit 1', { message: 'exit code 1: one two' }],
    ['126', 'exit 126', { retry: false, reason: 'client', message: 'exit code 126' }],
    ['a command that is not there', 'exec nothing-of-this-name', { retry: false, reason: 'client' }],
    ['a signal', 'kill -TERM $$', { retry: true, reason: 'server', message: 'ended by SIGTERM', maybeTaken: true }],
  ])('%s', async (_, text, expected) => {
    const { peer } = await script(text);
    expect(await send(peer)).toMatchObject(expected);
  });

  it('is shown by its end, however much it is', async () => {
    const { peer } = await script('head -c 3000000 /dev/zero | tr "\\0" x >&2; echo " the end" >&2; exit 1');
    const delivery = await send(peer);
    expect(delivery).toMatchObject({ message: expect.stringMatching(/^exit code 1: …x{192} the end$/) });
  });

  it('is shown without the tokens among its arguments, and with its paths', async () => {
    const { peer, path } = await script('echo "$@" >&2; exit 1', {});
    const run = [`${path}/tell.sh`, '--key=canary-in-flag', 'canary-alone', '/etc/pager.conf', '-v'];
    const withTokens = await openPeerOf(exec, { run }, { ...AROUND, filesFrom: path });
    expect(await send(withTokens)).toMatchObject({
      message: 'exit code 1: --key=<secret> <secret> /etc/pager.conf -v',
    });
    expect([peer.name, withTokens.name]).toEqual(['pager tell.sh', 'pager tell.sh']);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'there is none of that name',
      { run: ['nothing-of-this-name'] },
      /^nothing-of-this-name cannot be run in .*: ENOENT$/,
    ],
    ['it may not be run', { run: ['./data.txt'] }, /^\/.*\/data\.txt cannot be run in .*: EACCES$/],
    ['its folder is not there', { run: ['true'], dir: 'nowhere' }, /^true cannot be run in .*\/nowhere: ENOENT$/],
    ['an argument has a NUL', { run: ['true', 'a\u0000b'] }, /ERR_INVALID_ARG_VALUE$/],
  ])('is that it cannot, for good, where %s', async (_, keys, message) => {
    const folder = folderOf();
    folder.write('data.txt', 'no program');
    const peer = await openPeerOf(exec, keys, { ...AROUND, filesFrom: folder.path });
    expect(await send(peer)).toEqual({
      ok: false,
      retry: false,
      reason: 'client',
      message: expect.stringMatching(message),
    });
  });
});

describe('a program that does not end', () => {
  const HANG = 'sleep 300 & echo $! > child\necho $$ > parent\necho still dialling >&2\nwait';

  it('is killed at its deadline, with what it started', async () => {
    const { peer, read } = await script(HANG, { timeout: '1s' });
    expect(await send(peer)).toEqual({
      ok: false,
      retry: true,
      reason: 'timeout',
      message: 'did not end within 1s: still dialling',
      maybeTaken: true,
    });
    for (const name of ['parent', 'child']) await until(`${name} is dead`, () => isDead(read(name)) || undefined);
  });

  it.each<[string, (stop: AbortController, peer: Peer) => void | PromiseLike<void>]>([
    ['its message is given up', (stop) => stop.abort()],
    ['its receiver is closed', (_, peer) => peer[Symbol.asyncDispose]()],
  ])('is killed at once when %s', async (_, end) => {
    const { peer, read } = await script(HANG);
    const stop = new AbortController();
    const sent = send(peer, {}, stop.signal);
    await until('it runs', () => {
      try {
        return read('parent') !== '' || undefined;
      } catch {
        return undefined;
      }
    });
    await end(stop, peer);
    expect(await sent).toMatchObject({ ok: false, retry: true, message: 'was stopped before it ended' });
    for (const name of ['parent', 'child']) await until(`${name} is dead`, () => isDead(read(name)) || undefined);
  });

  it('is not begun when it is told to stop before', async () => {
    const { peer } = await script('exit 0');
    expect(await send(peer, {}, AbortSignal.abort())).toMatchObject({ ok: false, retry: true });
  });

  it('is waited for where what it started still writes', async () => {
    const { peer, read } = await script('{ sleep 0.2; echo done > told; } &\nexit 0');
    expect(await send(peer)).toEqual({ ok: true });
    expect(read('told')).toBe('done\n');
  });

  it('has told, where it ended well and only what it started did not', async () => {
    const { peer, read } = await script('sleep 300 & echo $! > child\nexit 0', { timeout: '1s' });
    expect(await send(peer)).toEqual({ ok: true });
    await until('it is dead', () => isDead(read('child')) || undefined);
  });
});

describe('in the config', () => {
  it.each([
    ['no program', { run: [] }, 'expected a program, then its arguments'],
    ['one without a name', { run: ['', 'a'] }, 'expected a program, then its arguments'],
    ['a longer time than an attempt has', { run: ['true'], timeout: '11s' }, 'expected more than 0s and at most 10s'],
    ['no time at all', { run: ['true'], timeout: '0s' }, 'expected more than 0s and at most 10s'],
  ])('%s is a mistake', (_, keys, message) => {
    const { error } = exec.schema.safeParse({ type: 'exec', ...keys });
    expect(error?.issues.map((issue) => issue.message)).toEqual([message]);
  });

  it('a command line is one: it has to be a list', () => {
    expect(exec.schema.safeParse({ type: 'exec', run: './tell.sh --now' }).success).toBe(false);
  });
});
