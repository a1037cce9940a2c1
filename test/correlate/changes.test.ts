import { describe, expect, it } from 'vitest';
import type { Change, Deployment } from '../../src/core/change.ts';
import { openChanges } from '../../src/correlate/changes.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2027, 2, 1, 12);

const change = (atMs: number, text: string, targets?: readonly string[]): Change => ({
  kind: 'reload',
  atMs,
  text,
  targets,
});
const deployment = (given: Partial<Omit<Deployment, 'id'>> = {}): Omit<Deployment, 'id'> => ({
  ...{ service: 'api', version: '1.4.2', atMs: NOON, by: 'alice', url: undefined, targets: undefined, graceMs: 0 },
  ...given,
});

function openCounted() {
  let count = 0;
  return openChanges(() => `id-${++count}`);
}

const textsBefore = (changes: ReturnType<typeof openChanges>, atMs: number, ...targets: string[]) =>
  changes.before(atMs, new Set(targets)).map(({ text }) => text);

describe('what changed before a moment', () => {
  it('is told the nearest first, whatever order it came in', () => {
    const changes = openCounted();
    changes.add(change(NOON - 2 * HOUR, 'second'));
    changes.deploy(deployment({ atMs: NOON - HOUR, version: 'first' }));
    changes.add(change(NOON - 3 * HOUR, 'third'));
    expect(textsBefore(changes, NOON, 'api')).toEqual(['deployment of api first by alice', 'second', 'third']);
  });

  it('reaches back 24 hours, the moment itself included', () => {
    const changes = openCounted();
    for (const [atMs, text] of [
      [NOON + 1, 'after'],
      [NOON, 'now'],
      [NOON - 24 * HOUR + 1, 'a day'],
      [NOON - 24 * HOUR, 'too old'],
    ] as const)
      changes.add(change(atMs, text));
    expect(textsBefore(changes, NOON, 'api')).toEqual(['now', 'a day']);
  });

  it('touches one of the targets, or any', () => {
    const changes = openCounted();
    changes.add(change(NOON, 'of the database', ['database', 'replica']));
    changes.add(change(NOON, 'of the cache', ['cache']));
    changes.add(change(NOON, 'of all'));
    expect(textsBefore(changes, NOON, 'api', 'database').sort()).toEqual(['of all', 'of the database']);
  });

  it('keeps deployments through a flood of other changes', () => {
    const changes = openCounted();
    changes.deploy(deployment({ atMs: NOON - HOUR }));
    for (let index = 0; index < 20_000; index++) changes.add(change(NOON, `certificate ${index}`));
    const found = changes.before(NOON, new Set(['api']));
    expect(found.length).toBeLessThan(2000);
    expect(found.at(-1)?.text).toBe('deployment of api 1.4.2 by alice');
  });
});

describe('a deployment', () => {
  it.each([
    [{}, 'deployment of api 1.4.2 by alice'],
    [{ by: undefined }, 'deployment of api 1.4.2'],
    [{ service: undefined }, 'deployment of 1.4.2 by alice'],
  ])('is told as a sentence: %j', (given, text) => {
    const changes = openCounted();
    changes.deploy(deployment({ ...given, url: 'https://ci.example/7', targets: ['api'] }));
    expect(changes.before(NOON, new Set(['api']))).toEqual([
      { kind: 'deployment', atMs: NOON, text, targets: ['api'], url: 'https://ci.example/7' },
    ]);
  });

  it('gets an id, and the last 200 are listed, the newest first', () => {
    const changes = openCounted();
    expect(changes.deploy(deployment()).id).toBe('id-1');
    for (let index = 1; index <= 300; index++) changes.deploy(deployment({ atMs: NOON + index * HOUR }));
    const listed = changes.deployments();
    expect(listed.length).toBe(200);
    expect(listed[0]?.atMs).toBe(NOON + 300 * HOUR);
    expect(listed.at(-1)?.atMs).toBe(NOON + 101 * HOUR);
  });

  it('that is marked late stands where it happened', () => {
    const changes = openCounted();
    changes.deploy(deployment({ version: 'new' }));
    changes.deploy(deployment({ version: 'old', atMs: NOON - HOUR }));
    expect(changes.deployments().map(({ version }) => version)).toEqual(['new', 'old']);
  });
});

describe('the grace of a deployment', () => {
  const graced = (given: Partial<Omit<Deployment, 'id'>> = {}) => {
    const changes = openCounted();
    changes.deploy(deployment({ graceMs: 3 * MINUTE, targets: ['api'], ...given }));
    return changes;
  };

  it('runs from the deployment for as long as it says', () => {
    const changes = graced();
    expect(changes.graceUntilMs('api', NOON - 1)).toBeUndefined();
    expect(changes.graceUntilMs('api', NOON)).toBe(NOON + 3 * MINUTE);
    expect(changes.graceUntilMs('api', NOON + 3 * MINUTE - 1)).toBe(NOON + 3 * MINUTE);
    expect(changes.graceUntilMs('api', NOON + 3 * MINUTE)).toBeUndefined();
  });

  it('is for its own targets, or for all where it names none', () => {
    expect(graced().graceUntilMs('database', NOON)).toBeUndefined();
    expect(graced({ targets: undefined }).graceUntilMs('database', NOON)).toBe(NOON + 3 * MINUTE);
  });

  it('ends for good with the first success after a failure', () => {
    const changes = graced();
    changes.seen('api', false, NOON + MINUTE);
    changes.seen('database', true, NOON + MINUTE);
    expect(changes.graceUntilMs('api', NOON + MINUTE)).toBe(NOON + 3 * MINUTE);
    changes.seen('api', true, NOON + MINUTE);
    expect(changes.graceUntilMs('api', NOON + MINUTE)).toBeUndefined();
    changes.seen('api', false, NOON + 2 * MINUTE);
    expect(changes.graceUntilMs('api', NOON + 2 * MINUTE)).toBeUndefined();
  });

  it('does not end while the one that is to be replaced still answers', () => {
    const changes = graced();
    changes.seen('api', true, NOON + 1);
    expect(changes.graceUntilMs('api', NOON + MINUTE)).toBe(NOON + 3 * MINUTE);
  });

  it('is that of the last deployment of the target', () => {
    const changes = graced();
    changes.seen('api', false, NOON + 1);
    changes.seen('api', true, NOON + 2);
    changes.deploy(deployment({ atMs: NOON + MINUTE, graceMs: 5 * MINUTE, targets: ['api'] }));
    expect(changes.graceUntilMs('api', NOON + 2 * MINUTE)).toBe(NOON + 6 * MINUTE);
    changes.deploy(deployment({ atMs: NOON + 2 * MINUTE, targets: ['api'] }));
    expect(changes.graceUntilMs('api', NOON + 2 * MINUTE)).toBeUndefined();
  });
});
