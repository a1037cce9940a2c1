import { z } from 'zod';
import { formatDuration, parseDurationMs } from '../core/duration.ts';
import { duration } from '../core/schema.ts';

/** A duration within bounds, both included: `durationFrom('100ms', '7d')`. */
export function durationFrom(least: string, most: string) {
  const [from, to] = [parseDurationMs(least) ?? 0, parseDurationMs(most) ?? Number.POSITIVE_INFINITY];
  return duration().refine((ms) => ms >= from && ms <= to, {
    error: `expected a duration from ${formatDuration(from)} to ${formatDuration(to)}`,
  });
}

/** A text of at least one character. */
export const text = () => z.string().min(1);

const LONGEST_NAME = 200;

/** A name that people choose: it stands in paths, labels and logs. */
export const name = () =>
  text()
    .max(LONGEST_NAME)
    .refine((written) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(written), {
      error: 'expected a name on one line, without control characters',
    })
    .refine((written) => written === written.trim(), { error: 'a name cannot begin or end with a space' });

/** A link for people: only what is safe to click. */
export const webUrl = () =>
  z.string().refine((written) => /^https?:\/\//i.test(written) && URL.canParse(written), {
    error: 'expected a URL that begins with http:// or https://',
  });

/** Labels that make an alert's identity; Outrider sets them itself. */
const OWN_LABELS: ReadonlySet<string> = new Set(['alertname', 'service', 'target', 'type', 'severity']);

/** The name of a label that alerts carry. */
export const labelName = () =>
  z
    .string()
    .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'expected a label name: letters, digits and _, not beginning with a digit')
    .refine((written) => !written.startsWith('__'), { error: 'labels that begin with __ are Prometheus’ own' })
    .refine((written) => !OWN_LABELS.has(written), { error: 'Outrider sets this label itself' });

/** Labels of alerts, name → value. */
export const labels = () => z.record(labelName(), z.string());
