import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type LoadResult, loadConfig } from '../../src/config/load.ts';
import { loadSteadily } from '../../src/config/steady.ts';
import { type ConfigFolder, configFolder } from '../support/config-folder.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const config = (service: string) => `service: ${service}\ntargets: []\n`;

/** Loads a file that a writer changes after each reading, in these steps, and answers what was found and how often it was read. */
async function load(folder: ConfigFolder, first: string, steps: readonly string[]) {
  const file = folder.write('outrider.yml', first);
  const clock = virtualClock();
  const left = [...steps];
  let reads = 0;
  const done = loadSteadily(async () => {
    const loaded = await loadConfig({ files: [file], env: {} });
    reads++;
    const next = left.shift();
    if (next !== undefined) folder.write('outrider.yml', next);
    return loaded;
  }, clock);
  let found: LoadResult | undefined;
  void done.then((result) => {
    found = result;
  });
  while (found === undefined) {
    await clock.advance(50);
    await turn();
  }
  return { service: found.ok ? found.config.service : 'bad', reads, pending: clock.pending() };
}

describe('a reload that is asked for', () => {
  it.each<[string, string, string[], string, number]>([
    ['reads once what nobody writes', config('a'), [], 'a', 1],
    [
      'takes no half of what is being written, though it would do',
      config('a'),
      [config('a-long-name')],
      'a-long-name',
      2,
    ],
    ['tells no mistake of a file that was empty for a moment', '', [config('new')], 'new', 2],
    ['tells a mistake that stays', 'service: [', [], 'bad', 1],
    ['waits for nobody who writes without end', config('a'), ['b', 'c', 'd', 'e', 'f', 'g'].map(config), 'e', 5],
  ])('%s', async (_, first, steps, service, reads) => {
    using folder = configFolder();
    expect(await load(folder, first, steps)).toEqual({ service, reads, pending: 0 });
  });

  it('sees a secret file that is written meanwhile', async () => {
    using folder = configFolder();
    const text = `${config('a')}auth:\n  tokens:\n    - { name: a, token: "\${file:token}", scopes: [read] }\n`;
    const secret = folder.write('token', 'half');
    const file = folder.write('outrider.yml', text);
    let reads = 0;
    const found = await loadSteadily(async () => {
      const loaded = await loadConfig({ files: [file], env: {} });
      if (++reads === 1) folder.write('token', 'half-and-half');
      return loaded;
    }, virtualClock());
    expect(found.ok && found.config.auth.tokens[0]?.token.reveal()).toBe('half-and-half');
    expect(found.marks.has(secret)).toBe(true);
  });
});
