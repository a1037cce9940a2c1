import type { Failure, Gap, Observation } from '../../core/result.ts';
import { NO_BODY } from './body.ts';
import { evidenceOf } from './evidence.ts';
import type { Expectations, Unmet } from './expectations.ts';
import type { OwnMeasuring } from './own-measures.ts';
import { openPage } from './page.ts';
import { measuresOf, seriesOf } from './samples.ts';
import type { Seen } from './seen.ts';

export interface Eyes {
  readonly expectations: Expectations;
  readonly own: OwnMeasuring;
}

/** What a run comes to: every expectation that was not met is named. `wallMs`: Unix epoch, ms. */
export function observe(
  seen: Seen,
  failure: Failure | undefined,
  { expectations, own }: Eyes,
  { durationMs, wallMs }: { readonly durationMs: number; readonly wallMs: number },
): Observation {
  const measures = measuresOf(seen, wallMs);
  let failed = failure;
  let failedDueToRegex = false;
  let gaps: readonly Gap[] = [];
  if (failure === undefined && seen.head !== undefined) {
    const page = openPage(seen.head, seen.body ?? NO_BODY, seen.secure);
    const unmet = expectations.check(page);
    failed = toFailure(unmet);
    failedDueToRegex = unmet.some(({ regex }) => regex === true);
    const found = own.measure(page);
    measures.push(...found.samples);
    gaps = found.gaps;
  }
  const evidence = evidenceOf(seen, failed !== undefined);
  const common = {
    durationMs,
    measures,
    series: seriesOf(seen, failedDueToRegex),
    ...(evidence === undefined ? {} : { evidence }),
  };
  if (failed !== undefined) return { outcome: 'down', ...failed, ...common };
  return gaps.length === 0 ? { outcome: 'up', ...common } : { outcome: 'up', ...common, gaps };
}

function toFailure(unmet: readonly Unmet[]): Failure | undefined {
  if (unmet.length === 0) return undefined;
  const reason = unmet.some((one) => one.reason === 'auth') ? 'auth' : 'assertion';
  return { reason, message: unmet.map(({ message }) => message).join('; ') };
}
