import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { configFolder } from '../support/config-folder.ts';
import { exposedBy, seriesIn, shownTargets } from '../support/daemon.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

const BASE = 'service: shop\nstartup_grace: 0s\ntargets: []\nwatchdog: { to: [] }\n';
const line = (name: string) => `  - { name: ${name}, type: redis, url: "redis://127.0.0.1:1" }\n`;
const targets = (...names: readonly string[]) => `targets:\n${names.map(line).join('')}`;

/** The real daemon with two config files, of which the second is where the test wants it. */
const start = (file: string): Promise<Outrider> => startOutrider(BASE, { flags: ['-c', file] });

const namesOf = async (outrider: Outrider) => Object.keys(await shownTargets(outrider)).join();
const untilNames = (outrider: Outrider, ...names: readonly string[]) =>
  until(
    `the targets ${names.join()}`,
    async () => ((await namesOf(outrider)) === names.join() ? true : undefined),
    5000,
  );
const reloads = (outrider: Outrider) => outrider.output().match(/msg="config reloaded".*/g) ?? [];

describe('a running daemon takes by itself', () => {
  it('a mounted ConfigMap whose ..data link is swapped, files and secrets at once', async () => {
    using folder = configFolder();
    const put = (version: string, name: string, token: string) => {
      mkdirSync(join(folder.path, version));
      folder.write(
        `${version}/targets.yml`,
        `${targets(name)}auth: { tokens: [{ name: t, token: "\${file:${folder.path}/token}", scopes: [admin] }] }\n`,
      );
      folder.write(`${version}/token`, token);
      symlinkSync(version, join(folder.path, '..new'));
      renameSync(join(folder.path, '..new'), join(folder.path, '..data'));
    };
    put('..1', 'old', 'a-token-of-the-first-mount');
    for (const name of ['targets.yml', 'token']) symlinkSync(`..data/${name}`, join(folder.path, name));
    await using outrider = await start(join(folder.path, 'targets.yml'));
    put('..2', 'new', 'a-token-of-the-second-mount');
    rmSync(join(folder.path, '..1'), { recursive: true });
    await untilNames(outrider, 'new');
    const statuses = [];
    for (const token of ['a-token-of-the-first-mount', 'a-token-of-the-second-mount']) {
      const headers = { Authorization: `Bearer ${token}` };
      statuses.push((await fetch(`${outrider.url}/-/reload`, { method: 'POST', headers })).status);
    }
    expect(statuses).toEqual([401, 200]);
    expect(outrider.output()).not.toContain('has a mistake');
  });

  it('a secret file that changes, and nothing else', async () => {
    using folder = configFolder();
    const secret = folder.write('password', 'first');
    const file = folder.write(
      'targets.yml',
      `targets:\n  - { name: a, type: redis, url: "redis://:\${file:${secret}}@127.0.0.1:1" }\n`,
    );
    await using outrider = await start(file);
    folder.write('password', 'other');
    await outrider.said(/config reloaded/);
    expect(reloads(outrider)[0]).toMatch(/added=0 removed=0 changed=1/);
  });

  it('a file that is written piece by piece, only when it is whole', async () => {
    using folder = configFolder();
    const file = folder.write('targets.yml', targets('a', 'b', 'c', 'd'));
    await using outrider = await start(file);
    writeFileSync(file, '');
    for (const piece of ['targets:\n', line('a'), line('b'), line('c'), line('d'), line('e')]) {
      appendFileSync(file, piece);
      // How a slow writer writes: the pauses are what is tried.
      await sleep(300);
    }
    await untilNames(outrider, 'a', 'b', 'c', 'd', 'e');
    expect(reloads(outrider)).toEqual([expect.stringMatching(/added=1 removed=0 changed=0/)]);
    expect(outrider.output()).not.toContain('has a mistake');
  });

  it('a folder that is replaced by another', async () => {
    using folder = configFolder();
    for (const [name, target] of [
      ['conf', 'old'],
      ['next', 'new'],
    ] as const) {
      mkdirSync(join(folder.path, name));
      folder.write(`${name}/targets.yml`, targets(target));
    }
    await using outrider = await start(join(folder.path, 'conf', 'targets.yml'));
    renameSync(join(folder.path, 'conf'), join(folder.path, 'before'));
    renameSync(join(folder.path, 'next'), join(folder.path, 'conf'));
    await untilNames(outrider, 'new');
  });

  it('a file that comes back; while it is away or empty the old config stays, and it is said once', async () => {
    using folder = configFolder();
    const file = folder.write('targets.yml', targets('old'));
    await using outrider = await start(file);
    const successful = async () => seriesIn(await exposedBy(outrider), 'outrider_config_last_reload_successful');
    rmSync(file);
    await outrider.said(/targets\.yml:1:1: the file does not exist/);
    folder.write('targets.yml', '');
    await outrider.said(/targets\.yml:1:1: the file is empty/);
    // Longer than a change takes to be noticed: nothing may happen meanwhile, so there is no event.
    await sleep(3000);
    expect([await namesOf(outrider), await successful()]).toEqual(['old', 0]);
    expect(outrider.output().match(/has a mistake/g)).toHaveLength(2);
    folder.write('targets.yml', targets('new'));
    await untilNames(outrider, 'new');
    expect(await successful()).toBe(1);
  });

  it('what is on a mount that tells nobody of changes: it asks the kernel for no notifications', async () => {
    using folder = configFolder();
    await using outrider = await start(folder.write('targets.yml', targets('old')));
    folder.write('targets.yml', targets('new'));
    await untilNames(outrider, 'new');
    const fds = `/proc/${outrider.pid}/fd`;
    const open = readdirSync(fds).map((fd) => {
      try {
        return readlinkSync(join(fds, fd));
      } catch {
        return ''; // closed meanwhile
      }
    });
    expect(open.join()).toMatch(/anon_inode:\[eventpoll\]/);
    expect(open.join()).not.toContain('inotify');
  });
});
