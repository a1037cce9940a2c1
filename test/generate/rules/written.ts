import { parse } from 'yaml';
import type { rulesText } from '../../../src/generate/rules/rules.ts';
import { goodConfig } from '../../support/config-folder.ts';

interface WrittenRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
/** A rule file as a reader finds it. */
export interface WrittenFile {
  readonly groups: readonly {
    readonly name: string;
    readonly interval?: string;
    readonly rules: readonly WrittenRule[];
  }[];
}

/** The rule file that a config makes. */
export async function written(config: string, which: typeof rulesText): Promise<{ text: string; file: WrittenFile }> {
  const text = which(await goodConfig(config));
  return { text, file: parse(text, { version: '1.1' }) as WrittenFile };
}

/** The rules of one alert, of any target. */
export async function rulesOf(alert: string, config: string, which: typeof rulesText): Promise<readonly WrittenRule[]> {
  const { file } = await written(config, which);
  return file.groups.flatMap(({ rules }) => rules).filter((rule) => rule.alert === alert);
}
