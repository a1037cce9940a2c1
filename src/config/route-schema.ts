import { z } from 'zod';
import { text } from './keys.ts';

const labelOfAny = () =>
  z
    .string()
    .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'expected a label name: letters, digits and _, not beginning with a digit');

/** One entry of `routes`; what `matchers` say, and whom and what it names, is judged in `routes.ts`. */
export const routeSchema = z
  .strictObject({
    matchers: z
      .array(text())
      .min(1)
      .optional()
      .describe('Matchers of alerts, as in Alertmanager; an alert must fit all of them.')
      .meta({ examples: ['team="core"', 'severity=~"P0|P1"'] }),
    match: z
      .record(labelOfAny(), z.union([z.string(), z.array(z.string()).min(1)]))
      .optional()
      .describe('The same in short: label → its value, or a list of which it must be one.'),
    to: z.array(z.string()).describe('Receivers that are told, by name; [] for nobody.'),
    during: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('When it is open: names of `time_intervals`, of which one is enough; default always.'),
    outside: z
      .enum(['hold', 'drop', 'next'])
      .optional()
      .describe(
        'What becomes of an alert while it is not open: it waits until it is (hold, the default), nobody is told (drop), or the next route is asked (next).',
      ),
    continue: z.boolean().optional().describe('Ask the routes after it too.'),
    escalation: text().optional().describe('Who is called next, by the name of an escalation.'),
  })
  .meta({ id: 'route' });
export type RouteKeys = z.output<typeof routeSchema>;
