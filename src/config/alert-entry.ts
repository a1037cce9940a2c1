import { z } from 'zod';
import { duration } from '../core/schema.ts';
import { SEVERITIES } from '../core/severity.ts';

export const CATEGORIES = ['availability', 'performance', 'security', 'data'] as const;

/** Labels that make an alert's identity; Outrider sets them itself. */
const OWN_LABELS: ReadonlySet<string> = new Set(['alertname', 'service', 'target', 'type', 'severity']);

const labelName = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'expected a label name: letters, digits and _, not beginning with a digit')
  .refine((name) => !name.startsWith('__'), { error: 'labels that begin with __ are Prometheus’ own' })
  .refine((name) => !OWN_LABELS.has(name), { error: 'Outrider sets this label itself' });

const severity = () => z.enum(SEVERITIES);

/** One entry of `alerts` or `defaults.alerts`. `name`, `when` and templates are judged where entries are merged: `alerts.ts`. */
export const alertEntrySchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .describe(
        'The alertname, in CamelCase. A built-in name changes that alert; `*` in defaults.alerts is a wildcard.',
      )
      .meta({ examples: ['HttpSlow', 'ApiErrors'] }),
    when: z
      .string()
      .optional()
      .describe('The condition that must hold; docs/when.md has the language.')
      .meta({ examples: ['p95(duration) over 5m > 800ms', 'lag{group=workers} > 1000', 'down'] }),
    for: duration().optional().describe('How long the condition must hold before the alert fires; default 0s.'),
    severity: severity().optional().describe('How grave it is, P0 the gravest; default P2, or the built-in one’s own.'),
    keep_firing_for: duration()
      .optional()
      .describe('How long it goes on firing after the condition stopped holding; default 0s.'),
    raise: z
      .array(
        z.strictObject({
          after: duration().describe('How long after it began firing.'),
          severity: severity().describe('The graver severity.'),
        }),
      )
      .optional()
      .describe('Graver severities that it rises to while it goes on firing.'),
    category: z.enum(CATEGORIES).optional().describe('What kind of trouble it is, for incidents and reports.'),
    labels: z.record(labelName, z.string()).optional().describe('Labels of the alert beside those of the target.'),
    summary: z
      .string()
      .optional()
      .describe('One sentence; knows {{ target }}, {{ value }}, {{ threshold }} and {{ labels.x }}.'),
    description: z.string().optional().describe('More words on it, with the same placeholders.'),
    runbook: z.string().optional().describe('Where it says what to do: a URL; default the target’s runbook.'),
    enabled: z.boolean().optional().describe('false leaves the alert out.'),
  })
  .meta({ id: 'alert' });
export type AlertEntry = z.output<typeof alertEntrySchema>;
