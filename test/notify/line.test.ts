import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../src/core/alert.ts';
import { openLine } from '../../src/notify/line.ts';
import { ALERT } from '../support/receiver.ts';

const notice = (name: string, status: Notice['status'], mark = 0): Notice => {
  const alert = { ...ALERT, fingerprint: name, startsAtMs: mark };
  return status === 'firing' ? { status, alert } : { status, alert, endsAtMs: mark };
};
const said = (all: readonly Notice[]) =>
  all.map(({ alert, status }) => `${alert.fingerprint} ${status} ${alert.startsAtMs}`);

describe('a line of notices', () => {
  it('takes an update of what waits in its place, but not of what is under way', () => {
    const line = openLine();
    line.put(notice('a', 'firing', 1), 0);
    line.put(notice('b', 'firing', 1), 0);
    line.put(notice('a', 'firing', 2), 0);
    const message = line.take(1);
    line.put(notice('a', 'firing', 3), 0);
    expect(said(message.map((item) => item.notice))).toEqual(['a firing 2']);
    line.back(message);
    expect(said(line.clear())).toEqual(['a firing 2', 'b firing 1', 'a firing 3']);
  });

  it('drops the oldest that is not under way, and nothing else', () => {
    const line = openLine(3);
    for (const name of ['a', 'b', 'c']) line.put(notice(name, 'firing'), 0);
    const message = line.take(1);
    expect(line.put(notice('d', 'firing'), 0)).toBe(1);
    line.done(message);
    expect(said(line.clear())).toEqual(['c firing 0', 'd firing 0']);
  });

  it('tells every beginning and every end, in order, whatever fails in between', () => {
    const step = fc.oneof(
      fc.record({ put: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ tell: fc.boolean(), most: fc.integer({ min: 1, max: 3 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const line = openLine();
        const active = new Set<string>();
        const put: string[] = [];
        const told: string[] = [];
        const tell = (most: number, works: boolean) => {
          const message = line.take(most);
          const names = message.map((item) => item.notice.alert.fingerprint);
          expect(new Set(names).size).toBe(names.length);
          if (!works) return line.back(message);
          told.push(...message.map((item) => `${item.notice.alert.fingerprint} ${item.notice.status}`));
          line.done(message);
        };
        for (const one of steps) {
          if ('tell' in one) {
            tell(one.most, one.tell);
            continue;
          }
          const status = active.has(one.put) ? 'resolved' : 'firing';
          if (status === 'firing') active.add(one.put);
          else active.delete(one.put);
          put.push(`${one.put} ${status}`);
          line.put(notice(one.put, status), 0);
        }
        while (line.length > 0) tell(2, true);
        expect(told).toEqual(put);
      }),
    );
  });
});
