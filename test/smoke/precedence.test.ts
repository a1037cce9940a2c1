import { afterAll, describe, expect, it } from 'vitest';
import { configFolder } from '../support/config-folder.ts';
import { outrider } from './command.ts';
import { startDaemon } from './daemon.ts';

const SLOW = { timeout: 60_000 };
const folder = configFolder();
afterAll(() => folder[Symbol.dispose]());

const bare = folder.write('bare.yml', 'service: shop\ntargets: []\n');
const full = folder.write('full.yml', 'service: shop\ntargets: []\nlisten: 127.0.0.1:3\nstore: memory\n');

/** The table of `check`: what is in force, and by what. */
async function inForce(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { stdout } = await outrider(['check', ...args], { env, cwd: folder.path });
  const rows = stdout.split('\n').filter((line) => line.startsWith('  '));
  return Object.fromEntries(rows.map((row) => row.trim().split(/ {2,}/)).map(([name, ...won]) => [name, won]));
}

const IMAGE = {
  OUTRIDER_DEFAULT_LISTEN: '127.0.0.1:4',
  OUTRIDER_DEFAULT_STORE: 'sqlite:/image.db',
  OUTRIDER_DEFAULT_CONFIG: bare,
};
const OWN = {
  OUTRIDER_LISTEN: '127.0.0.1:2',
  OUTRIDER_STORE: 'sqlite:environment.db',
  OUTRIDER_CONFIG: full,
  OUTRIDER_LOG_LEVEL: 'warn',
  OUTRIDER_LOG_FORMAT: 'json',
};
const FLAGS = ['--listen=:1', '--store=sqlite:flag.db', '--log-level=debug', '--log-format=pretty', '-c', full];
const LOG = { 'log-level': ['info', 'the default'], 'log-format': ['logfmt', 'the default'] };

describe.concurrent('flag, then environment, then file, then the image’s default, then ours', SLOW, () => {
  it.each([
    [
      'flags',
      FLAGS,
      { ...IMAGE, ...OWN },
      {
        config: [full, '--config'],
        listen: [':1', '--listen'],
        store: ['sqlite:flag.db', '--store'],
        'log-level': ['debug', '--log-level'],
        'log-format': ['pretty', '--log-format'],
      },
    ],
    [
      'the environment, with a variable for every flag',
      [],
      { ...IMAGE, ...OWN },
      {
        config: [full, 'OUTRIDER_CONFIG'],
        listen: ['127.0.0.1:2', 'OUTRIDER_LISTEN'],
        store: ['sqlite:environment.db', 'OUTRIDER_STORE'],
        'log-level': ['warn', 'OUTRIDER_LOG_LEVEL'],
        'log-format': ['json', 'OUTRIDER_LOG_FORMAT'],
      },
    ],
    [
      'the file',
      ['-c', full],
      IMAGE,
      {
        ...LOG,
        config: [full, '--config'],
        listen: ['127.0.0.1:3', 'the config file'],
        store: ['memory', 'the config file'],
      },
    ],
    [
      'the image',
      [],
      IMAGE,
      {
        ...LOG,
        config: [bare, 'OUTRIDER_DEFAULT_CONFIG'],
        listen: ['127.0.0.1:4', 'OUTRIDER_DEFAULT_LISTEN'],
        store: ['sqlite:/image.db', 'OUTRIDER_DEFAULT_STORE'],
      },
    ],
    [
      'ours',
      ['-c', bare],
      {},
      {
        ...LOG,
        config: [bare, '--config'],
        listen: ['127.0.0.1:9875', 'the default'],
        store: ['sqlite:data/outrider.db', 'the default'],
      },
    ],
  ])('%s', async (_, args, env, won) => {
    expect(await inForce(args, env)).toEqual(won);
  });
});

describe.concurrent('the daemon goes by what check says', SLOW, () => {
  it('a flag wins over the environment, which wins over the file', async () => {
    // Neither the environment's port nor the file's could be had by anybody but root.
    await using daemon = await startDaemon(['--log.format', 'json', '--log.level=info'], {
      env: OWN,
      cwd: folder.path,
    });
    const line = daemon
      .stderr()
      .split('\n')
      .find((each) => each.includes('Outrider listens'));
    expect(JSON.parse(line ?? '')).toMatchObject({
      level: 'info',
      address: '127.0.0.1',
      port: daemon.port,
      targets: 0,
    });
  });

  it('several config files are merged, later ones over earlier ones', async () => {
    const first = folder.write(
      'first.yml',
      'service: one\ntargets:\n  - { name: a, type: redis, url: "redis://127.0.0.1:1" }\n',
    );
    const second = folder.write(
      'second.yml',
      'service: two\ntargets:\n  - { name: b, type: redis, url: "redis://127.0.0.1:1" }\n',
    );
    await using daemon = await startDaemon(['-c', first, '--config.file', second]);
    const metrics = await (await fetch(`http://127.0.0.1:${daemon.port}/metrics`)).text();
    expect(metrics).toMatch(
      /outrider_target_info\{.*service="two".*target="a"|outrider_target_info\{.*target="a".*service="two"/,
    );
    expect(metrics).toMatch(/outrider_target_info\{.*target="b"/);
  });
});
