import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/history.ts';
import { sqliteHistory } from '../../src/store/history-sqlite.ts';

const WRITER = join(import.meta.dirname, '../support/history-writer.ts');

/** The last minute that a writer had an answer for when it was killed. */
async function writeUntilKilled(store: string, answers: number): Promise<number> {
  const child = spawn(process.execPath, [WRITER, store], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let last = -1;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (last === answers) child.kill('SIGKILL');
  }
  expect((await exited)[1]).toBe('SIGKILL');
  return last;
}

it.each([50, 217, 400])(
  'history that is killed after %d appends has all of them, each once, minutes and hours alike',
  async (answers) => {
    const folder = await mkdtemp(join(tmpdir(), 'outrider-killed-'));
    const last = await writeUntilKilled(`sqlite:${join(folder, 'outrider.db')}`, answers);
    {
      await using history = sqliteHistory({
        path: join(folder, 'outrider.history.db'),
        stamp: () => 'then',
        onSetAside: (_, why) => expect.fail(why),
      });
      while (await history.roll(DAY_MS, 4));
      const whole = { fromMs: 0, toMs: DAY_MS };
      for (const target of ['target-0', 'target-9']) {
        const counts = async (stepMs: number) =>
          (await history.lines(target, 'duration', whole, stepMs))[0]?.points.map(({ count }) => count) ?? [];
        const minutes = await counts(MINUTE_MS);
        expect([last + 1, last + 2]).toContain(minutes.length); // one may be committed without an answer
        expect(new Set(minutes)).toEqual(new Set([1]));
        const hours = await counts(HOUR_MS);
        expect(hours.reduce((sum, count) => sum + count, 0)).toBe(minutes.length);
        expect(hours.slice(0, -1).every((count) => count === 60)).toBe(true);
      }
      expect([last + 1, last + 2]).toContain((await history.changes('target-0', whole, 5000)).length);
    }
    await rm(folder, { recursive: true });
  },
);
