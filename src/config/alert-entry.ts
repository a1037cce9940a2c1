import { z } from 'zod';
import { SEVERITIES } from '../core/severity.ts';
import { durationFrom, labels, text, webUrl } from './keys.ts';

const CATEGORIES = ['availability', 'performance', 'security', 'data'] as const;

const severity = () => z.enum(SEVERITIES);
const wait = () => durationFrom('0s', '30d');

/** One entry of `alerts` or `defaults.alerts`. `name`, `when` and templates are judged where entries are merged: `alerts.ts`. */
export const alertEntrySchema = z
  .strictObject({
    name: text()
      .describe(
        'The alertname, in CamelCase. A built-in name changes that alert; `*` in defaults.alerts is a wildcard.',
      )
      .meta({ examples: ['HttpSlow', 'ApiErrors'] }),
    when: z
      .string()
      .optional()
      .describe('The condition that must hold; docs/when.md has the language.')
      .meta({ examples: ['p95(duration) over 5m > 800ms', 'lag{group=workers} > 1000', 'down'] }),
    for: wait().optional().describe('How long the condition must hold before the alert fires; default 0s.'),
    severity: severity().optional().describe('How grave it is, P0 the gravest; default P2, or the built-in one’s own.'),
    keep_firing_for: wait()
      .optional()
      .describe('How long it goes on firing after the condition stopped holding; default 0s.'),
    raise: z
      .array(
        z.strictObject({
          after: durationFrom('1s', '30d').describe('How long after it began firing.'),
          severity: severity().describe('The graver severity.'),
        }),
      )
      .optional()
      .describe('Graver severities that it rises to while it goes on firing.'),
    category: z.enum(CATEGORIES).optional().describe('What kind of trouble it is, for incidents and reports.'),
    labels: labels().optional().describe('Labels of the alert beside those of the target.'),
    summary: text()
      .optional()
      .describe('One sentence; knows {{ target }}, {{ value }}, {{ threshold }} and {{ labels.x }}.'),
    description: text().optional().describe('More words on it, with the same placeholders.'),
    runbook: webUrl().optional().describe('Where it says what to do; default the target’s runbook.'),
    enabled: z.boolean().optional().describe('false leaves the alert out.'),
  })
  .meta({ id: 'alert' });
export type AlertEntry = z.output<typeof alertEntrySchema>;
