import { describe, expect, it } from 'vitest';
import { family, parsePs, parseStat, processTable } from '../../../demo/service/process-table.ts';

describe('the process table', () => {
  it('holds this process under its parent', () => {
    expect(processTable()).toContainEqual(expect.objectContaining({ pid: process.pid, parent: process.ppid }));
  });

  it.each([
    ['42 (node) S 7 42 42 0 -1', { pid: 42, state: 'S', parent: 7, group: 42 }],
    ['42 (a) S 1 (b) R 7 41 42 0 -1', { pid: 42, state: 'R', parent: 7, group: 41 }],
    ['42 (two\nlines) Z 7 41 42 0 -1', { pid: 42, state: 'Z', parent: 7, group: 41 }],
  ])('reads %j', (line, entry) => {
    expect(parseStat(line)).toEqual(entry);
  });

  it('reads nothing from a process that has gone', () => {
    expect(parseStat('')).toBeUndefined();
  });

  it('reads what ps says, without zombies', () => {
    expect(parsePs('  42     7    42 Ss+\n  43    42    42 Z\n\n')).toEqual([{ pid: 42, parent: 7, group: 42 }]);
  });
});

describe('the family of a process', () => {
  const entry = (pid: number, parent: number, group: number) => ({ pid, parent, group });

  it.each([
    ['its group, though their parent has gone', [entry(5, 1, 5), entry(6, 1, 5)], [5, 6]],
    ['its group without itself', [entry(6, 1, 5)], [6]],
    ['its children in groups of their own, and theirs', [entry(7, 6, 7), entry(6, 5, 6), entry(5, 1, 5)], [5, 6, 7]],
    ['nobody else', [entry(5, 1, 5), entry(8, 1, 8), entry(9, 8, 8)], [5]],
    ['nobody at all once all have gone', [entry(8, 1, 8)], []],
  ])('is %s', (_, table, expected) => {
    expect(family(5, table).sort()).toEqual(expected);
  });
});
