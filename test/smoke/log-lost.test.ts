import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { expect, it } from 'vitest';
import { freePort } from '../../demo/service/port.ts';
import { configFolder } from '../support/config-folder.ts';
import { until } from '../support/wait.ts';
import { BIN } from './command.ts';

const CONFIG = 'service: shop\ntargets: [{ name: api, type: http, url: "http://127.0.0.1:1/", interval: 1s }]\n';

const isReady = async (port: number) => {
  try {
    return (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok ? true : undefined;
  } catch {
    return undefined;
  }
};

// A pipe whose reader has gone, and a disk that is always full (Linux alone has one).
it.each(['a closed pipe', ...['/dev/full'].filter(existsSync)])(
  'the daemon goes on when its log goes to %s',
  async (log) => {
    using folder = configFolder();
    const port = await freePort();
    const args = [BIN, '-c', folder.write('outrider.yml', CONFIG), '--listen', `127.0.0.1:${port}`];
    const stderr = log.startsWith('/') ? openSync(log, 'w') : 'pipe';
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', stderr] });
    child.stderr?.destroy();
    const ended = once(child, 'close');
    try {
      await until('it is ready', () => isReady(port));
      // Reloading is said, hence written where nobody reads.
      child.kill('SIGHUP');
      child.kill('SIGHUP');
      await until('it is ready still', () => isReady(port));
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
    }
  },
  60_000,
);

it('the daemon goes on, and ends as it should, when nobody reads a log that grows', async () => {
  using folder = configFolder();
  const port = await freePort();
  const file = folder.write('outrider.yml', CONFIG);
  const child = spawn(process.execPath, [BIN, '-c', file, '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr?.pause();
  const ended = once(child, 'exit');
  try {
    await until('it is ready', () => isReady(port));
    // Each reload says 1000 mistakes: more than a pipe holds.
    folder.write('outrider.yml', `${CONFIG}${Array.from({ length: 1000 }, (_, i) => `mistake_${i}: 1\n`).join('')}`);
    for (let reload = 0; reload < 5; reload++) {
      child.kill('SIGHUP');
      await until('it is ready still', () => isReady(port));
    }
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
    child.stderr?.destroy();
  }
}, 60_000);
