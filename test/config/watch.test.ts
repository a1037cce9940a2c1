import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Marks } from '../../src/config/disk.ts';
import { type LoadResult, loadConfig } from '../../src/config/load.ts';
import { judgeLook, watchFiles } from '../../src/config/watch.ts';
import { type ConfigFolder, configFolder } from '../support/config-folder.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const STEP_MS = 500;
const config = (service: string) => `service: ${service}\ntargets: []\n`;
const withSecret = (service: string) =>
  `${config(service)}auth:\n  tokens:\n    - { name: a, token: "\${file:token}", scopes: [read] }\n`;

interface Watched extends Disposable {
  /** What is in force, and how often something was taken, for good or bad. */
  inForce(): string;
  token(): string | undefined;
  taken(): number;
  bad(): number;
  reload(): Promise<void>;
  /** Lets time pass, with all the looks that fall into it. */
  pass(ms: number): Promise<void>;
}

async function watch(file: string, inTurn = (task: () => Promise<void>) => task()): Promise<Watched> {
  const clock = virtualClock();
  const load = () => loadConfig({ files: [file], env: {} });
  let last = await load();
  if (!last.ok) throw new Error('the first config is bad');
  let { config: now } = last;
  const counts = { taken: 0, bad: 0 };
  const take = async (next: LoadResult) => {
    last = next;
    counts.taken++;
    if (next.ok) now = next.config;
    else counts.bad++;
  };
  const onError = (error: unknown) => {
    throw error;
  };
  const watching = watchFiles({ clock, load, take, inTurn, onError, taken: () => last.marks });
  return {
    inForce: () => now.service,
    token: () => now.auth.tokens[0]?.token.reveal(),
    taken: () => counts.taken,
    bad: () => counts.bad,
    reload: async () => take(await load()),
    async pass(ms) {
      for (let passedMs = 0; passedMs < ms; passedMs += STEP_MS) {
        await clock.advance(STEP_MS);
        // The next look is only set when this one has read what it wanted from the disk.
        while (clock.pending() === 0) await turn();
      }
    },
    [Symbol.dispose]: () => watching[Symbol.dispose](),
  };
}

/** As Kubernetes mounts a ConfigMap: the file leads through `..data` to a folder that is swapped as a whole. */
function mounted(folder: ConfigFolder) {
  const put = (version: string, service: string) => {
    mkdirSync(join(folder.path, version));
    folder.write(`${version}/outrider.yml`, config(service));
    symlinkSync(version, join(folder.path, '..new'));
    renameSync(join(folder.path, '..new'), join(folder.path, '..data'));
  };
  put('..1', 'old');
  const file = join(folder.path, 'outrider.yml');
  symlinkSync('..data/outrider.yml', file);
  return { file, swap: () => put('..2', 'new') };
}

describe('a change is taken within 2 s', () => {
  it.each<[string, (folder: ConfigFolder, file: string) => void]>([
    ['of a file that is written in place', (folder) => folder.write('outrider.yml', config('new'))],
    [
      'of a file that is renamed over, as editors do',
      (folder, file) => renameSync(folder.write('.swp', config('new')), file),
    ],
    [
      'of a file that is deleted and written anew',
      (folder, file) => {
        rmSync(file);
        folder.write('outrider.yml', config('new'));
      },
    ],
    [
      'although size and modification time are as before',
      (folder, file) => {
        folder.write('outrider.yml', config('new'));
        utimesSync(file, 1_000_000, 1_000_000);
      },
    ],
  ])('%s', async (_, change) => {
    using folder = configFolder();
    const file = folder.write('outrider.yml', config('old'));
    utimesSync(file, 1_000_000, 1_000_000);
    using watched = await watch(file);
    await watched.pass(10_000);
    change(folder, file);
    await watched.pass(2000);
    expect(watched.inForce()).toBe('new');
    await watched.pass(10_000);
    expect(watched.taken()).toBe(1);
  });

  it('of a mounted ConfigMap whose links are swapped', async () => {
    using folder = configFolder();
    const { file, swap } = mounted(folder);
    using watched = await watch(file);
    await watched.pass(10_000);
    swap();
    await watched.pass(2000);
    expect([watched.inForce(), watched.taken()]).toEqual(['new', 1]);
  });

  it('of a secret file that the config names', async () => {
    using folder = configFolder();
    folder.write('token', 'first');
    using watched = await watch(folder.write('outrider.yml', withSecret('shop')));
    await watched.pass(10_000);
    folder.write('token', 'other');
    await watched.pass(2000);
    expect([watched.token(), watched.taken()]).toEqual(['other', 1]);
  });

  it('of a secret file that was missing when a new config first named it', async () => {
    using folder = configFolder();
    using watched = await watch(folder.write('outrider.yml', config('old')));
    folder.write('outrider.yml', withSecret('new'));
    await watched.pass(3000);
    expect([watched.inForce(), watched.bad()]).toEqual(['old', 1]);
    folder.write('token', 'late');
    await watched.pass(2000);
    expect([watched.inForce(), watched.token()]).toEqual(['new', 'late']);
  });
});

describe('nothing is taken', () => {
  it('of a file that was only touched', async () => {
    using folder = configFolder();
    const file = folder.write('outrider.yml', config('old'));
    using watched = await watch(file);
    utimesSync(file, new Date(), new Date());
    await watched.pass(5000);
    expect(watched.taken()).toBe(0);
  });

  it('while a file is written piece by piece, though the pieces would do', async () => {
    using folder = configFolder();
    const file = folder.write('outrider.yml', config('old'));
    using watched = await watch(file);
    const whole = config('a-long-name');
    for (const part of [config('a'), config('a-long'), 'service: a', whole]) {
      folder.write('outrider.yml', part);
      await watched.pass(STEP_MS);
      expect(watched.taken()).toBe(0);
    }
    await watched.pass(2000);
    expect([watched.inForce(), watched.taken(), watched.bad()]).toEqual(['a-long-name', 1, 0]);
  });

  it('twice: what a person had reloaded is known', async () => {
    using folder = configFolder();
    using watched = await watch(folder.write('outrider.yml', config('old')));
    await watched.pass(5000);
    folder.write('outrider.yml', config('new'));
    await watched.reload();
    await watched.pass(5000);
    expect([watched.inForce(), watched.taken()]).toEqual(['new', 1]);
  });

  it('twice when a person reloads while the watch waits for its turn', async () => {
    using folder = configFolder();
    const before: (() => Promise<void>)[] = [];
    using watched = await watch(folder.write('outrider.yml', config('old')), async (task) => {
      await before.shift()?.();
      await task();
    });
    before.push(watched.reload);
    folder.write('outrider.yml', config('new'));
    await watched.pass(5000);
    expect([watched.inForce(), watched.taken(), before.length]).toEqual(['new', 1, 0]);
  });

  it('of a half that is written between the looks and the reading', async () => {
    using folder = configFolder();
    const before = [() => folder.write('outrider.yml', config('half'))];
    using watched = await watch(folder.write('outrider.yml', config('old')), async (task) => {
      before.shift()?.();
      await task();
    });
    folder.write('outrider.yml', config('new'));
    await watched.pass(2000);
    expect([watched.taken(), before.length]).toEqual([0, 0]);
    folder.write('outrider.yml', config('whole'));
    await watched.pass(2000);
    expect([watched.inForce(), watched.taken()]).toEqual(['whole', 1]);
  });
});

it('a bad file is told once for each content, and the last good one stays', async () => {
  using folder = configFolder();
  using watched = await watch(folder.write('outrider.yml', config('old')));
  for (const [nth, text] of ['', 'service: [', 'service: shop\n'].entries()) {
    folder.write('outrider.yml', text);
    await watched.pass(10_000);
    expect([watched.inForce(), watched.bad()]).toEqual(['old', nth + 1]);
  }
  folder.write('outrider.yml', config('old'));
  await watched.pass(2000);
  expect([watched.taken(), watched.bad()]).toEqual([4, 3]);
});

it('after any writes, what the file says last is in force within 2 s, if it is good', async () => {
  const text = fc.oneof(
    fc.constantFrom('a', 'b', 'c').map(config),
    fc.constantFrom('', 'service: a\n', 'targets: {', undefined),
  );
  const way = fc.constantFrom('place', 'rename');
  const step = fc.record({ text, way, passMs: fc.integer({ min: 0, max: 4 }).map((steps) => steps * STEP_MS) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.constantFrom('a', 'b'), async (steps, last) => {
      using folder = configFolder();
      const file = folder.write('outrider.yml', config('a'));
      using watched = await watch(file);
      for (const { text, way, passMs } of [...steps, { text: config(last), way: 'place', passMs: 2000 }]) {
        if (text === undefined) rmSync(file, { force: true });
        else if (way === 'rename') renameSync(folder.write('next', text), file);
        else folder.write('outrider.yml', text);
        await watched.pass(passMs);
      }
      expect(watched.inForce()).toBe(last);
    }),
    { numRuns: 40 },
  );
});

describe('a look', () => {
  const marks = (...each: readonly string[]): Marks => new Map(each.map((mark, at) => [`/${at}`, mark]));
  it.each([
    ['same', 'as what was taken', marks('1'), marks('2'), marks('1')],
    ['moving', 'when it is the first to see the new content', marks('1'), marks('1'), marks('2')],
    ['moving', 'when the one before saw another', marks('1'), marks('3'), marks('2')],
    ['moving', 'when other files were watched before', marks('1', '1'), marks('2'), marks('2', '1')],
    ['changed', 'when the one before saw the same', marks('1'), marks('2'), marks('2')],
    [
      'same',
      'of a config that came through a pipe',
      marks('came through a pipe', '1'),
      marks('0', '2'),
      marks('0', '2'),
    ],
    [
      'same',
      'while a pipe stands where a file was',
      marks('1'),
      marks('is not a regular file'),
      marks('is not a regular file'),
    ],
  ])('is %s %s', (verdict, _, taken, before, now) => expect(judgeLook(taken, before, now)).toBe(verdict));
});
