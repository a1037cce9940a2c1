import fc from 'fast-check';
import { query } from 'jsonpath-rfc9535';
import { describe, expect, test } from 'vitest';
import { compileJsonPath, type Json } from '../../../src/probe/http/json-path.ts';

const document: Json = { a: { b: [1, 2, { c: null }] }, 'x.y': 'dotted', '': 'empty', list: [[1], [2]] };

describe('a JSONPath', () => {
  test.each([
    ['$', [document]],
    ['$.a.b[0]', [1]],
    ['$.a.b[-1].c', [null]],
    ["$['x.y']", ['dotted']],
    ["$['']", ['empty']],
    ['$.a.b[3]', []],
    ['$.a.b.length', []],
    ['$.a[0]', []],
    ['$.a.b[0].c', []],
    ['$.toString', []],
    ['$.__proto__', []],
    ['$.list[*][0]', [1, 2]],
    ['$..c', [null]],
    ['$.a.b[0,1]', [1, 2]],
    ['$.a.b[1:]', [2, { c: null }]],
    ['$.a.b[?@.c == null]', [{ c: null }]],
  ])('%s', (path, expected) => {
    expect(compileJsonPath(path)(document)).toEqual(expected);
  });

  test.each(['', 'a', '$.', '$[', '$.a b', "$[?search(@, 'x')]", "$.a[?count(@.b) > 1 && match(@.c, 'a')]"])(
    '%j is refused',
    (path) => {
      expect(() => compileJsonPath(path)).toThrow();
    },
  );

  const names = fc.constantFrom('a', 'b', 'length', 'constructor', "it's");
  const steps = fc.oneof(
    names.map((name) => `[${JSON.stringify(name)}]`),
    fc.integer({ min: -3, max: 3 }).map((index) => `[${index}]`),
  );
  const documents = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>(null, 1, 'text', true),
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(names, tie('json'), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).json;

  test('of names and indexes selects what the library selects', () => {
    fc.assert(
      fc.property(documents, fc.array(steps, { maxLength: 4 }), (json, path) => {
        const written = `$${path.join('')}`;
        expect(compileJsonPath(written)(json)).toEqual(query(json as Parameters<typeof query>[0], written));
      }),
    );
  });
});
