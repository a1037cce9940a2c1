import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillText } from '../../../../src/config/fill.ts';
import { filled, hidden, isReference, ours } from '../../../../src/generate/init/compose/text.ts';

const variables = new Map([
  ['HOST', 'db'],
  ['EMPTY', ''],
]);

describe('a text of a compose file', () => {
  it.each([
    ['plain', 'plain', 'plain'],
    ['$HOST', 'db', `\${HOST}`],
    [`\${HOST}`, 'db', `\${HOST}`],
    [`\${HOST:-x}`, 'db', `\${HOST:-x}`],
    [`\${EMPTY:-x}`, 'x', `\${EMPTY:-x}`],
    [`\${NONE-x}`, 'x', `\${NONE:-x}`],
    [`\${NONE:-\${HOST}}`, 'db', `\${NONE:-\${HOST}}`],
    [`\${HOST:?must be set}`, 'db', `\${HOST}`],
    [`\${NONE?must be set}`, '', `\${NONE}`],
    [`\${HOST:+x}`, 'x', `\${HOST}`],
    [`\${NONE:+x}`, '', `\${NONE}`],
    ['a$$HOST', 'a$HOST', 'a$HOST'],
    [`$\${HOST}`, `\${HOST}`, `$\${HOST}`],
    [`\${HOST`, `\${HOST`, `$\${HOST`],
    [`http://$HOST:\${PORT:-80}/`, 'http://db:80/', `http://\${HOST}:\${PORT:-80}/`],
    ['5 $ and 7', '5 $ and 7', '5 $ and 7'],
  ])('%s is %s for compose, and is written as %s', (raw, forCompose, forUs) => {
    expect(filled(raw, variables)).toBe(forCompose);
    expect(ours(raw)).toBe(forUs);
  });

  it('is the same to compose and to Outrider, once it is written as ours', () => {
    const piece = fc.oneof(
      fc.constantFrom('$HOST', `\${HOST}`, `\${NONE:-x}`, `\${EMPTY:-\${HOST}}`, '$$', `$\${`, ':', '@', '{', '}'),
      fc.string({ maxLength: 5, unit: fc.constantFrom('-', '/', '.', ' ', '"', '{', '}', ':') }),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const raw = pieces.join('');
        // A dollar right before a variable is nothing that Outrider's config can say.
        fc.pre(!raw.includes('$$$') && !/\$\$\{\w+\}/.test(raw));
        const read = fillText(ours(raw), {
          env: { HOST: 'db', EMPTY: '' },
          secretFile: () => ({ ok: false, why: 'is no file' }),
        });
        expect(read.ok ? read.text : read.message).toBe(filled(raw, variables));
      }),
    );
  });

  it.each([
    [`\${A}`, true],
    [`\${A}\${B:-x}`, true],
    [`a\${A}`, false],
    ['', false],
    ['$$A', false],
  ])('%j is put together of variables alone: %s', (raw, expected) => {
    expect(isReference(raw)).toBe(expected);
  });

  it('loses its defaults where they may be secret', () => {
    expect(ours(`\${A:-opensesame}`, 'without-defaults')).toBe(`\${A}`);
  });

  it('can be taken apart around its variables', () => {
    const { open, shown } = hidden(`\${A:-x:y}:\${B}:80`);
    expect(open.split(':').map(shown)).toEqual([`\${A:-x:y}`, `\${B}`, '80']);
  });
});
