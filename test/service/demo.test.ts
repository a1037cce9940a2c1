import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { launch, type Running } from '../../demo/service/process.ts';
import { family, processTable } from '../../demo/service/process-table.ts';
import { until } from '../support/wait.ts';

const MAIN = join(import.meta.dirname, '../../demo/main.ts');

/** The demo as a child, in a temporary folder of its own, with everything that it ever started. */
interface Child extends AsyncDisposable {
  readonly running: Running;
  readonly folder: string;
  output(): string;
  said(text: string | RegExp, withinMs?: number): Promise<void>;
  /** Waits until none of all processes that it ever started lives and its temporary folder is empty (but for the lock). */
  leftNothing(): Promise<void>;
}

async function startDemo(...args: readonly string[]): Promise<Child> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-demo-test-'));
  await chmod(folder, 0o755);
  let output = '';
  const env = { ...process.env, TMPDIR: folder };
  const running = await launch({ name: 'demo', file: process.execPath, args: [MAIN, ...args], env }, (text) => {
    output += text;
  });
  const ever = new Set<number>();
  const note = setInterval(() => {
    for (const pid of family(running.pid)) ever.add(pid);
  }, 50);
  return {
    running,
    folder,
    output: () => output,
    async said(text, withinMs = 60_000) {
      const ask = () => (new RegExp(text).test(output) ? true : undefined);
      await until(`the demo says ${text}\n${output}`, ask, withinMs);
    },
    async leftNothing() {
      const left = async () => ({
        processes: processTable().flatMap(({ pid }) => (ever.has(pid) ? [pid] : [])),
        files: (await readdir(folder)).filter((name) => !name.endsWith('.lock')),
      });
      await expect.poll(left, { timeout: 5_000 }).toEqual({ processes: [], files: [] });
    },
    async [Symbol.asyncDispose]() {
      clearInterval(note);
      await running.end('SIGTERM', 10_000);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe('npm run demo', () => {
  it('tells the story of one outage: one alert that names the database, its end, and nothing left', async () => {
    await using demo = await startDemo('--break', 'database', '--once');
    expect(await demo.running.ended, demo.output()).toEqual({ code: 0, signal: null });
    const output = demo.output();
    expect(output).not.toMatch(/left out|Left out/);
    expect(output).toMatch(/all 6 targets are up\n.*BREAKING database: Postgres is killed/);
    expect(output.match(/ALERT \w+/g)).toEqual(['ALERT PostgresDown']);
    expect(output).toMatch(/database +is down: connection refused by 127\.0\.0\.1:\d+/);
    expect(output).toMatch(/api +HttpDown is a symptom of database: nobody is told/);
    expect(output.match(/Alertmanager +has .*/g)?.map((line) => line.replace(/ +/g, ' '))).toEqual([
      'Alertmanager has PostgresDown database',
      'Alertmanager has no PostgresDown database any more',
    ]);
    expect(output).toMatch(/The story: .*; one alert, PostgresDown database, [\d.]+ s later; .* paged nobody; its end/);
    await demo.leftNothing();
  }, 240_000);

  it.each([
    ['while it starts', /✓ redis/],
    ['while it runs', /all 6 targets are up/],
  ])(
    'leaves nothing when it is ended %s',
    async (_, moment) => {
      await using demo = await startDemo();
      await demo.said(moment, 120_000);
      process.kill(demo.running.pid, 'SIGTERM');
      expect(await demo.running.ended, demo.output()).toEqual({ code: 0, signal: null });
      await demo.leftNothing();
    },
    240_000,
  );

  it('leaves nothing even when it is killed', async () => {
    await using demo = await startDemo();
    await demo.said(/all 6 targets are up/, 120_000);
    process.kill(demo.running.pid, 'SIGKILL');
    await demo.running.ended;
    await demo.leftNothing();
  }, 240_000);

  it.each([
    [['--help'], 0, '--break NAME'],
    [['--break', 'everything'], 2, 'expected one of database, cache, queue'],
  ])('answers %j with %i and starts nothing', async (args, code, text) => {
    await using demo = await startDemo(...args);
    expect(await demo.running.ended).toEqual({ code, signal: null });
    await demo.running.drained;
    expect(demo.output()).toContain(text);
    await demo.leftNothing();
  });
});
