import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { configFolder } from '../support/config-folder.ts';
import { startOutrider } from '../support/outrider.ts';
import { outrider } from './command.ts';

const CONFIG = 'service: shop\ntargets: []\n';

const folder = configFolder();
afterAll(() => folder[Symbol.dispose]());
const config = folder.write('outrider.yml', CONFIG);

const run = (path: string) => outrider(['run', '-c', config, '--listen', '127.0.0.1:0', '--store', `sqlite:${path}`]);

describe('a start on a file of the store', { timeout: 60_000 }, () => {
  it('that another Outrider has is refused with one line', async () => {
    const path = join(folder.path, 'taken', 'outrider.db');
    await using _ = await startOutrider(CONFIG, { flags: ['--store', `sqlite:${path}`] });
    expect(await run(path)).toEqual({
      code: 1,
      stdout: '',
      stderr: `error: another process uses ${path} (store_locked)\n`,
    });
  });

  it('that a newer Outrider wrote is refused with one line, and left as it is', async () => {
    const path = join(folder.path, 'newer.db');
    const file = new DatabaseSync(path);
    file.exec('pragma user_version = 99');
    file.close();
    expect(await run(path)).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        `^error: ${path} was written by a newer Outrider [(]schema 99, this one knows [0-9]+[)] [(]store_newer[)]\n$`,
      ),
    });
    expect(readdirSync(folder.path).filter((name) => name.startsWith('newer'))).toEqual(['newer.db']);
  });

  it('makes it and its folder for nobody else, whatever the umask', async () => {
    const path = join(folder.path, 'own', 'data', 'outrider.db');
    const before = process.umask(0);
    try {
      await using daemon = await startOutrider(CONFIG, { flags: ['--store', `sqlite:${path}`] });
      expect((await daemon.get('/-/ready')).status).toBe(200);
      const data = join(path, '..');
      expect(statSync(data).mode & 0o777).toBe(0o700);
      const files = readdirSync(data);
      expect(files).toEqual(expect.arrayContaining(['outrider.db', 'outrider.db-wal']));
      for (const name of files) expect(statSync(join(data, name)).mode & 0o777, name).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  it.each(['told', 'notice', 'silence', 'deployment'])(
    'watches though what was kept as %s makes no sense',
    async (kind) => {
      const path = join(folder.path, kind, 'outrider.db');
      const flags = ['--store', `sqlite:${path}`];
      await using first = await startOutrider(CONFIG, { flags });
      await first.stop();
      const file = new DatabaseSync(path);
      file.prepare('insert into document (kind, id, doc) values (?, ?, ?)').run(kind, 'x', '[]');
      file.close();
      await using second = await startOutrider(CONFIG, { flags });
      expect((await second.get('/-/ready')).status).toBe(200);
    },
  );
});
