import type { LoadResult } from './config/load.ts';
import { formatProblem } from './config/problems.ts';
import type { Logger } from './core/log.ts';
import type { Effects } from './pipeline.ts';

/** Says at the start what is odd about the config, and what of it is not acted on. */
export function sayConfig(log: Logger, { config, warnings }: Extract<LoadResult, { ok: true }>): void {
  for (const warning of warnings) log.warn({ warning: formatProblem(warning) }, 'config');
  if (config.notActedOn.length === 0) return;
  log.warn({ keys: config.notActedOn.join(', ') }, 'accepted and checked, but not acted on yet');
}

/** One line for each change of a verdict or of an alert's state, none for a probe. */
export function sayChanges(log: Logger, { verdicts, changes }: Effects): void {
  for (const { target, to, message } of verdicts) {
    if (to === 'down') log.warn({ target, why: message }, 'target is down');
    else log.info({ target }, 'target is up');
  }
  for (const { alertname, target, rootCause, from, to } of changes) {
    const fields = { alertname, target, from: from ?? 'inactive', to: to ?? 'inactive' };
    if (to === 'firing') log.warn(fields, 'alert fires');
    else if (to === 'silenced') log.info(fields, 'alert is silenced');
    else if (to === 'suppressed') log.info({ ...fields, root: rootCause }, 'alert is a symptom');
    else if (from === 'firing') log.info(fields, 'alert resolved');
    else log.debug(fields, 'alert changed');
  }
}
