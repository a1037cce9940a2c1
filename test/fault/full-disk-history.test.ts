import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSmallDisk, type SmallDisk } from '../support/fault/small-disk.ts';

const MiB = 1024 ** 2;
const MAIN = join(import.meta.dirname, '../support/fault/history-main.ts');
const CHECK = `const { DatabaseSync } = require('node:sqlite');
console.log(new DatabaseSync(process.argv[1], { readOnly: true }).prepare('pragma integrity_check').get().integrity_check);`;

let disk: SmallDisk;
beforeEach(async () => {
  disk = await openSmallDisk(16 * MiB);
});
afterEach(() => disk[Symbol.asyncDispose]());

/** What a process within the disk is asked, line by line. */
function openWithin() {
  const [file = '', ...enter] = disk.enter;
  const setting = `sqlite:${disk.inside('outrider.db')}`;
  const child = spawn(file, [...enter, process.execPath, MAIN, setting], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(line: string): Promise<string> {
      child.stdin.write(`${line}\n`);
      return String((await lines.next()).value);
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exited;
    },
  };
}

const FULL = /^refused: .*: the disk is nearly full, what is left is kept for alerts$/;

describe('on a disk that is nearly full, history', () => {
  it('leaves what is left of it to alerts, can be read, and goes on once there is room', async () => {
    await using history = openWithin();
    expect(await history.ask('append 0')).toBe('done');
    disk.fill(1 * MiB);
    const freeBytes = disk.freeBytes();
    for (let minute = 1; minute < 10; minute++) expect(await history.ask(`append ${minute}`)).toMatch(FULL);
    expect(disk.freeBytes()).toBe(freeBytes);
    expect(await history.ask('count')).toBe('1');
    disk.empty();
    expect(await history.ask('append 20')).toBe('done');
    expect(await history.ask('count')).toBe('2');
  });

  it('that fills it by itself stops before it is full, and its file is sound', async () => {
    {
      await using history = openWithin();
      let minute = 0;
      while ((await history.ask(`append ${60 * minute}`)) === 'done') minute++;
      expect(minute).toBeGreaterThan(20);
      expect(await history.ask('append 0')).toMatch(FULL);
      expect(disk.freeBytes()).toBeGreaterThan(1 * MiB);
      expect(await history.ask('roll')).toBe('true');
      expect(await history.ask('close')).toBe('done');
    }
    const [file = '', ...enter] = disk.enter;
    const check = [...enter, process.execPath, '-e', CHECK, disk.inside('outrider.history.db')];
    expect((await promisify(execFile)(file, check)).stdout.trim()).toBe('ok');
  });
});
