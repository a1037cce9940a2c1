import { expect, it } from 'vitest';
import type { Deployment } from '../../src/core/change.ts';
import { targetView, viewOf } from '../support/site.ts';
import { watch } from './watched.ts';

function marking() {
  const marked: Omit<Deployment, 'id'>[] = [];
  const view = viewOf({
    targets: [targetView({ name: 'api' }), targetView({ name: 'worker' })],
    deploy(wanted) {
      marked.push(wanted);
      return { ...wanted, id: 'd1' };
    },
  });
  return { view, marked };
}

it('a version alone is marked for all targets, by the token’s name', async () => {
  const { view, marked } = marking();
  await using watched = await watch(view);
  expect(await watched.type(['deploy', '1.4.2'])).toMatchObject({ code: 0, out: 'd1\n', err: '' });
  expect(marked).toMatchObject([{ version: '1.4.2', by: 'write', targets: undefined, graceMs: 0 }]);
});

it('everything else can be said', async () => {
  const { view, marked } = marking();
  await using watched = await watch(view);
  const flags = '--service shop --target api --target worker --by ci --link https://ci.example/7 --grace 3m --json';
  const { code, out } = await watched.type(['deploy', 'v2', ...flags.split(' ')]);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ id: 'd1', version: 'v2', grace: '3m' });
  expect(marked).toMatchObject([
    { service: 'shop', targets: ['api', 'worker'], by: 'ci', url: 'https://ci.example/7', graceMs: 180_000 },
  ]);
});

it('what the daemon does not take is wrong usage, in its words', async () => {
  const { view, marked } = marking();
  await using watched = await watch(view);
  const typed = await watched.type(['deploy', 'v2', '--target', 'apii', '--target', 'workr']);
  expect(typed).toMatchObject({
    code: 2,
    err: [
      'error: targets/0: there is no target "apii"; did you mean "api"?',
      'error: targets/1: there is no target "workr"; did you mean "worker"?',
      '',
    ].join('\n'),
  });
  expect(marked).toEqual([]);
});
