import { z } from 'zod';
import { formatDuration, parseDurationMs } from '../core/duration.ts';
import { nearest } from '../core/nearest.ts';
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

function isTimezone(written: string): boolean {
  // Offsets such as +01:00 are time zones to Intl, yet know no summer time.
  if (!/^[A-Za-z]/.test(written)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: written });
    return true;
  } catch {
    return false;
  }
}

/** An IANA time zone that this Node knows: `Europe/Berlin`. */
export const timezone = () =>
  z.string().superRefine((written, context) => {
    if (isTimezone(written)) return;
    const suggestion = nearest(written, Intl.supportedValuesOf('timeZone'));
    context.addIssue({ code: 'custom', message: 'expected a time zone such as Europe/Berlin', params: { suggestion } });
  });

const PERCENT = /^(\d+(?:\.\d+)?)%$/;

/** `30%` as a ratio, exactly as if 0.3 were written; undefined where it is none. */
function ratioOf(written: string): number | undefined {
  const digits = PERCENT.exec(written)?.[1];
  return digits === undefined ? undefined : Number(`${digits}e-2`);
}

/** `30%` → 0.3; from 0% to 100%. */
export const percentage = () =>
  z
    .string({
      error: (issue) =>
        typeof issue.input === 'number' ? `a percentage needs its sign: write "${issue.input}%"` : undefined,
    })
    .transform((written, context) => {
      const ratio = ratioOf(written);
      if (ratio !== undefined && ratio <= 1) return ratio;
      context.addIssue({ code: 'custom', message: `expected a percentage from 0% to 100%, got "${written}"` });
      return z.NEVER;
    })
    .meta({ examples: ['30%'] });

const OBJECTIVE = /^(\S+) +over +(\S+)$/;
const LONGEST_WINDOW_MS = parseDurationMs('400d') ?? 0;
const SHORTEST_WINDOW_MS = parseDurationMs('1h') ?? 0;

/** `99.9% over 30d` → how much of the time, as a ratio, in a window of so many ms. */
export const objective = () =>
  z
    .string()
    .transform((written, context) => {
      const [, share = '', window = ''] = OBJECTIVE.exec(written) ?? [];
      const ratio = ratioOf(share);
      const windowMs = parseDurationMs(window);
      const refuse = (message: string) => {
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      };
      if (ratio === undefined || windowMs === undefined)
        return refuse(`expected an objective such as "99.9% over 30d", got "${written}"`);
      if (ratio <= 0 || ratio >= 1) return refuse('expected more than 0% and less than 100%: nothing is up always');
      if (windowMs < SHORTEST_WINDOW_MS || windowMs > LONGEST_WINDOW_MS)
        return refuse('expected a window from 1h to 400d');
      return { objective: ratio, windowMs };
    })
    .meta({ examples: ['99.9% over 30d'] });
