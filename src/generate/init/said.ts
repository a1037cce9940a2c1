import { type Draft, REASONS } from './draft.ts';

/** What `outrider init` tells a person beside the config itself: what was found, guessed and left out, and what to do next. */
export function sayDraft({ from, targets, leftOut, remarks }: Draft, text: string, file: string | undefined): string {
  const types = [...Map.groupBy(targets, ({ type }) => type)].map(([type, all]) => `${all.length} ${type}`);
  const count = `${targets.length} ${targets.length === 1 ? 'target' : 'targets'}`;
  const found = `${count}${types.length === 0 ? '' : ` (${types.join(', ')})`} from ${from}`;
  const variables = neededBy(text);
  const files = [...new Set([...text.matchAll(/\$\{file:([^}]*)\}/g)].map(([, path = '']) => path))];
  const next = file === undefined ? [] : [`next: outrider check${file === 'config/outrider.yml' ? '' : ` -c ${file}`}`];
  return [
    file === undefined ? found : `wrote ${file}: ${found}`,
    ...section(
      'left out',
      leftOut.map(
        ({ name, reason, detail }) => `${name}: ${REASONS[reason]}${detail === undefined ? '' : ` (${detail})`}`,
      ),
    ),
    ...section('to look at', remarks),
    ...section('variables that it needs', variables),
    ...section('files that it needs', files),
    ...next,
    '',
  ].join('\n');
}

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];

/** Variables without a default, outside of comments. */
function neededBy(text: string): readonly string[] {
  const code = text.replace(/^\s*#.*$| {2}# .*$/gm, '');
  return [...new Set([...code.matchAll(/(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(([, name = '']) => name))];
}
