import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleView } from '../../../src/notify/text/example.ts';
import { plain, render, renderOwn, templateText } from '../../../src/notify/text/template.ts';

const problemOf = (template: string): string | undefined =>
  templateText().safeParse(template).error?.issues[0]?.message;
const shown = (template: string): string => render(template, exampleView(), plain);

describe('a template is filled in', () => {
  it.each([
    ['with a text', '{{title}}', 'P1 archive: Postgres archive is down, 1 more alert (new: database)'],
    ['for each of a list', '{{#began}}{{target}} {{severity}};{{/began}}', 'database P1;'],
    ['with what is outside of the list', '{{#began}}{{receiver}}{{/began}}', 'ops'],
    ['with a label', '{{#began}}{{labels.team}}{{/began}} {{labels.team}}', 'core core'],
    ['with a label that is not there', '[{{labels.nothing}}]', '[]'],
    ['with whatever labels there are', '{{#labels}}{{team}}{{/labels}}', 'core'],
    ['with one place of a list', '{{ended.0.target}}', 'replica'],
    ['where something is so', '{{#more}}yes{{/more}}{{#over}}no{{/over}}', 'yes'],
    ['where something is not so', '{{^over}}going on{{/over}}', 'going on'],
    [
      'where there is something',
      '{{#began}}{{#runbook}}see {{.}}{{/runbook}}{{/began}}',
      'see https://runbooks.example.com/postgres',
    ],
    ['with numbers and truth', '{{count.firing}} {{firing}}', '2 true'],
    ['without comments', 'a{{! why }}b', 'ab'],
    ['with tags of its own', '{{=<% %>=}}{{<% step %>}}', '{{more}}'],
    ['with no text of ours', 'as it is <b>', 'as it is <b>'],
  ])('%s', (_, template, expected) => {
    expect(problemOf(template)).toBeUndefined();
    expect(shown(template)).toBe(expected);
  });

  it('with every value made safe, and nothing else', () => {
    const view = { title: '<!here> & {{receiver}}', receiver: 'ops' };
    const safe = (text: string) => text.replaceAll('<', '&lt;');
    expect(render('<b>{{title}}</b>', view, safe)).toBe('<b>&lt;!here> & {{receiver}}</b>');
  });

  it('with every value passed through the escape once, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (summary) => {
        const told: string[] = [];
        const safe = (text: string) => {
          told.push(text);
          return '*';
        };
        expect(render('a {{summary}} b', { summary }, safe)).toBe('a * b');
        expect(told).toEqual([summary]);
      }),
    );
  });
});

describe('a template is refused', () => {
  it.each([
    ['{{title', 'column 8: not a template in Mustache’s language: Unclosed tag'],
    ['one\n  {{#began}}', 'line 2, column 13: not a template in Mustache’s language: Unclosed section "began"'],
    ['{{/began}}', 'column 1: not a template in Mustache’s language: Unopened section "began"'],
    ['{{#began}}{{/ended}}', 'column 11: not a template in Mustache’s language: Unclosed section "began"'],
    ['{{> header}}', 'column 1: a template knows no partials {{> … }}'],
    ['a\nb {{{title}}}', 'line 2, column 3: a template knows no unescaped values {{{ … }}} or {{& … }}: write {{ … }}'],
    [
      '{{#began}}{{& summary}}{{/began}}',
      'column 11: a template knows no unescaped values {{{ … }}} or {{& … }}: write {{ … }}',
    ],
    ['{{titel}}', 'column 1: a template knows no {{titel}}; did you mean {{title}}?'],
    ['{{#began}}{{sumary}}{{/began}}', 'column 11: a template knows no {{sumary}}; did you mean {{summary}}?'],
    ['{{summary}}', 'column 1: a template knows no {{summary}}'],
    ['{{#alerts}}{{/alerts}}', 'column 1: a template knows no {{alerts}}'],
    ['{{^wrong}}x{{/wrong}}', 'column 1: a template knows no {{wrong}}'],
    ['{{labels}}', 'column 1: {{labels}} is no text but a block: write {{#labels}} … {{/labels}}'],
    ['{{began}}', 'column 1: {{began}} is no text but a block: write {{#began}} … {{/began}}'],
    ['{{began.length}}', 'column 1: a template knows no {{began.length}}'],
    ['{{began.constructor.constructor}}', 'column 1: a template knows no {{began.constructor.constructor}}'],
    ['{{labels.a.b}}', 'column 1: a template knows no {{labels.a.b}}'],
    ['{{title.length}}', 'column 1: a template knows no {{title.length}}'],
    ['{{__proto__}}', 'column 1: a template knows no {{__proto__}}'],
  ])('%j', (template, problem) => {
    expect(problemOf(template)).toBe(problem);
  });
});

describe('a template finds nothing but data', () => {
  it.each([
    '{{constructor}}',
    '{{began.constructor}}',
    '{{#began}}{{constructor}}{{/began}}',
    '{{#began.map}}x{{/began.map}}',
    '{{labels.toString}}',
    '{{#labels}}{{valueOf}}{{/labels}}',
  ])('%s is nothing', (template) => {
    expect(shown(template)).toBe('');
  });
});

describe('a template of one’s own', () => {
  const view = exampleView();
  it.each([
    ['is used', 'theirs {{step}}', 'theirs more'],
    ['that there is not leaves ours', undefined, 'ours more'],
    ['that fails leaves ours', '{{#labels}}{{hasOwnProperty}}{{step}}{{/labels}}', 'ours more'],
  ])('%s', (_, own, expected) => {
    expect(renderOwn(own, 'ours {{step}}', view, plain)).toBe(expected);
  });
});

it('any text is refused or can be filled in', () => {
  const names = [
    'title',
    'began',
    'labels',
    'labels.team',
    'count.firing',
    'summary',
    '.',
    'began.0.url',
    'constructor',
  ];
  const name = fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 6 }));
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    name.map((each) => `{{${each}}}`),
    fc.constantFrom('{{', '}}', '{{{', '}}}', '{{=<% %>=}}', '{{!', '\n'),
    fc.tuple(fc.constantFrom('#', '^', '/', '>', '&'), name).map(([kind, each]) => `{{${kind}${each}}}`),
    fc.tuple(name, name).map(([around, within]) => `{{#${around}}}[{{${within}}}]{{/${around}}}`),
  );
  const template = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(template, (text) => {
      if (problemOf(text) === undefined) expect(typeof renderOwn(text, '', exampleView(), plain)).toBe('string');
    }),
    { numRuns: 1000 },
  );
});
