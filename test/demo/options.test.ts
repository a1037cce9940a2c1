import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../demo/fault.ts';
import { helpText, parseOptions } from '../../demo/options.ts';

describe('the arguments of npm run demo', () => {
  it('runs until it is ended when nothing is asked for', () => {
    expect(parseOptions([])).toEqual({ kind: 'run', options: { break: undefined, once: false } });
  });

  it.each(FAULTS.map(({ name }) => name))('breaks the %s', (name) => {
    expect(parseOptions(['--break', name, '--once'])).toEqual({ kind: 'run', options: { break: name, once: true } });
  });

  it.each([
    [
      ['--break', 'databse'],
      '--break: expected one of database, cache, queue, slow, errors, pool, worker, got "databse"',
    ],
    [['--once'], '--once: only together with --break'],
    [['--brake'], expect.stringContaining('--brake')],
    [['database'], expect.stringContaining('database')],
  ])('refuses %j', (args, message) => {
    expect(parseOptions(args)).toEqual({ kind: 'wrong', message });
  });

  it.each(['-h', '--help'])('helps with %s', (flag) => {
    expect(parseOptions([flag])).toEqual({ kind: 'help' });
  });
});

describe('the help', () => {
  it.each(FAULTS)('names $name with its key', ({ name, key, what }) => {
    expect(helpText()).toMatch(new RegExp(`^  ${key}  ${name} +${what.replaceAll(/[().]/g, '\\$&')}$`, 'm'));
  });

  it('gives each fault a key of its own', () => {
    expect(new Set(FAULTS.map(({ key }) => key)).size).toBe(FAULTS.length);
  });
});
