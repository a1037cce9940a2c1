import { formatProblem } from '../config/problems.ts';
import { independentRulesText, rulesText } from '../generate/rules/rules.ts';
import type { ExitCode, Surroundings } from './contract.ts';
import { configFiles, type Flags } from './settings.ts';

type RulesFlags = Flags & { readonly independent?: boolean; readonly runbooks?: string };

/** `outrider rules [--independent] [--runbooks URL]`: the config's alerts as a rule file for Prometheus; mistakes in it go to stderr. */
export async function rules(around: Surroundings, flags: RulesFlags): Promise<ExitCode> {
  const files = configFiles(flags, around.env);
  const loaded = await around.load(files);
  if (!loaded.ok) {
    const { problems } = loaded;
    around.err(problems.map((problem) => `${formatProblem(problem)}\n`).join(''));
    around.err(`${problems.length} ${problems.length === 1 ? 'mistake' : 'mistakes'} in ${files.join(', ')}\n`);
    return 1;
  }
  const write = flags.independent === true ? independentRulesText : rulesText;
  around.out(write(loaded.config, flags.runbooks));
  return 0;
}
