import { stringify } from 'yaml';
import { type Dependency, type Draft, type DraftTarget, type Key, REASONS, type Value } from './draft.ts';

const NAME = /[^A-Za-z0-9_.-]+/g;

/** A whole config file with its comments; it never holds a secret that the draft does not. */
export function configText(draft: Draft): string {
  return [
    '# yaml-language-server: $schema=./outrider.schema.json',
    comment(
      `What Outrider watches, and whom it tells. Made by \`outrider init\` from ${draft.from}; from here on it is yours.`,
    ),
    '# `outrider check` says what is wrong with it and which variables it needs; every key is in docs/reference.md.',
    '',
    `service: ${scalar(serviceName(draft.service))}`,
    '',
    ...(draft.targets.some(({ critical }) => critical === true)
      ? [
          '# critical: true is what the world reaches, and the databases that this stands on: down is P0. Without it P1, false P2.',
          '# depends_on: while one of these is down, the alerts of what stands on it are symptoms, and page nobody.',
        ]
      : []),
    draft.targets.length === 0 ? 'targets: []' : 'targets:',
    ...draft.targets.flatMap((target, index) => [...(index === 0 ? [] : ['']), ...targetLines(target)]),
    ...leftOutLines(draft),
    '',
    ...notifyLines(draft.alertmanagers),
    '',
  ].join('\n');
}

/** One word: what no name can hold becomes a dash. */
const serviceName = (text: string): string => text.replace(NAME, '-').replace(/^-+|-+$/g, '') || 'my-service';

function targetLines({ name, type, about, keys, critical, dependsOn }: DraftTarget): readonly string[] {
  const lines: readonly Key[] = [
    { key: 'type', value: type },
    ...keys,
    ...(critical === undefined ? [] : [{ key: 'critical', value: critical }]),
    ...(dependsOn.length === 0 ? [] : [{ key: 'depends_on', value: dependsOn.map(dependency) }]),
  ];
  return [
    ...about.map((line) => `  ${comment(line)}`),
    `  - name: ${scalar(name)}`,
    ...lines.map((line) => `    ${keyLine(line)}`),
  ];
}

const dependency = ({ name, soft }: Dependency): Value => (soft ? { name, soft } : name);

function keyLine({ key, value, comment: behind }: Key): string {
  const line = `${key}: ${typeof value === 'object' ? flow(value) : scalar(value)}`;
  return behind === undefined ? line : `${line}  ${comment(behind)}`;
}

const scalar = (value: Value): string => stringify(value, { lineWidth: 0 }).trimEnd();
const flow = (value: Value): string =>
  stringify(value, { lineWidth: 0, collectionStyle: 'flow' })
    .trimEnd()
    .replace(/^\[ (.*) \]$/s, '[$1]');

/** On one line, whatever stands in it. */
const comment = (text: string): string => `# ${text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()}`;

function leftOutLines({ leftOut, remarks }: Draft): readonly string[] {
  const lines = leftOut.map(
    ({ name, reason, detail }) => `${name}: ${REASONS[reason]}${detail === undefined ? '' : ` (${detail})`}`,
  );
  return [
    ...(lines.length === 0 ? [] : ['', '  # Not watched:', ...lines.map((line) => `  ${comment(`- ${line}`)}`)]),
    ...(remarks.length === 0 ? [] : ['', '  # To look at:', ...remarks.map((line) => `  ${comment(`- ${line}`)}`)]),
  ];
}

const notifyLines = (alertmanagers: readonly string[]): readonly string[] =>
  alertmanagers.length > 0
    ? ['notify:', `  alertmanager: ${flow({ urls: alertmanagers })}`]
    : [
        '# Who is told. Without it Outrider only measures.',
        '# notify:',
        '#   alertmanager: { urls: [http://alertmanager:9093] }',
      ];
