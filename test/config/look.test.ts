import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDisk } from '../../src/config/disk.ts';
import { type Looked, lookAt } from '../../src/config/look.ts';
import { configFolder } from '../support/config-folder.ts';

const look = async (path: string, before?: Looked): Promise<Looked> => {
  const looked = await lookAt(path, before);
  if (looked === undefined) throw new Error('nothing could be said');
  return looked;
};

describe('a look at a file', () => {
  it.each<[string, string | Uint8Array]>([
    ['a text', 'service: shop\n'],
    ['nothing', ''],
    ['a text with a byte order mark', '\uFEFFservice: shop\n'],
    ['what is no text', Uint8Array.of(0xff, 0xfe, 0)],
    ['as much as is read at once', 'x'.repeat(64 * 1024)],
    ['as much as a file may hold', 'x'.repeat(1024 ** 2)],
    ['more than it may hold', 'x'.repeat(1024 ** 2 + 1)],
  ])('that holds %s finds what loading it does', async (_, content) => {
    using folder = configFolder();
    const path = folder.write('file', content);
    expect((await look(path)).mark).toBe(readDisk(path).mark);
  });

  it('that is not there, or is a folder or a pipe, finds what loading it does, and waits for nobody', async () => {
    using folder = configFolder();
    const [gone = '', inner = '', pipe = ''] = ['gone', 'inner', 'pipe'].map((name) => join(folder.path, name));
    mkdirSync(inner);
    execFileSync('mkfifo', [pipe]);
    for (const path of [gone, join(inner, 'gone'), inner, pipe])
      expect((await look(path)).mark).toBe(readDisk(path).mark);
  });

  it('reads it again for some looks although it looks untouched: a clock may be coarse', async () => {
    using folder = configFolder();
    const path = folder.write('file', 'now');
    const { stamp, mark } = await look(path);
    const marks: string[] = [];
    for (let stood = 0; stood < 6; stood++) marks.push((await look(path, { stamp, mark: 'before', stood })).mark);
    expect(marks).toEqual([mark, mark, mark, mark, 'before', 'before']);
  });

  it('that is back after it was away reads it', async () => {
    using folder = configFolder();
    const path = folder.write('file', 'one');
    rmSync(path);
    const away = await look(path);
    folder.write('file', 'two');
    expect((await look(path, away)).mark).toBe(readDisk(path).mark);
  });
});
