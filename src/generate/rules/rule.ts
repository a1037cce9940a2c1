import { Document } from 'yaml';

/** A rule of Prometheus' rule file, its keys as Prometheus spells them. */
export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A series that Prometheus works out beforehand. */
export interface Recording {
  readonly record: string;
  readonly expr: string;
}

/** Rules that Prometheus judges together, each with what a reader should know of it. */
export interface RuleGroup {
  readonly name: string;
  /** How often they are judged; as often as Prometheus does where it is left out. */
  readonly interval?: string;
  readonly rules: readonly { readonly rule: Rule | Recording; readonly note: string | undefined }[];
}

/** The text of a rule file; `about` stands at its head. */
export function ruleFile(groups: readonly RuleGroup[], about: string): string {
  const plain = groups.map((group) => ({ ...group, rules: group.rules.map(({ rule }) => rule) }));
  // Prometheus reads YAML 1.1, to which more texts are a number or a truth value.
  const document = new Document({ groups: plain }, { schema: 'yaml-1.1', aliasDuplicateObjects: false });
  document.commentBefore = comment(about);
  for (const [at, { rules }] of groups.entries()) {
    for (const [index, { note }] of rules.entries()) {
      if (note === undefined) continue;
      const node = document.getIn(['groups', at, 'rules', index], true);
      if (typeof node === 'object' && node !== null) Object.assign(node, { commentBefore: comment(note) });
    }
  }
  return document.toString({ lineWidth: 0 });
}

/** Nothing that a config says can end a comment. */
const comment = (text: string): string =>
  text
    .split(/[\n\r\u0085\u2028\u2029]/)
    .map((line) => ` ${line}`)
    .join('\n');
