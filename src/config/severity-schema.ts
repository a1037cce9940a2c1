import { z } from 'zod';
import { SEVERITIES } from '../core/severity.ts';
import { durationFrom, text } from './keys.ts';

/** How long something may take. */
const within = () => durationFrom('1s', '52w').optional();

/** One entry of `severities`. */
export const severitySchema = z
  .strictObject({
    name: z.enum(SEVERITIES).describe('What it is called: P0, the gravest, to P3.'),
    acknowledge_within: within().describe('How soon somebody must say that they have seen it.'),
    respond_within: z
      .union([durationFrom('1s', '52w'), z.literal('next business day')], {
        error: 'expected a duration such as 15m, or "next business day"',
      })
      .optional()
      .describe('How soon somebody must be at work on it: a duration, or `next business day`.'),
    resolve_within: within().describe('How soon it must be over.'),
    update_every: within().describe('How often those who wait for it must hear of it.'),
    hold: durationFrom('0s', '1d')
      .optional()
      .describe('How long people are not told yet: what ends sooner wakes nobody. Machines are told at once.'),
    alertmanager: text()
      .optional()
      .describe('Value of the label `severity` at Alertmanager; the name is then the label `priority`.'),
    to: z
      .array(z.string())
      .optional()
      .describe('Receivers of its alerts that no route matches, by name; default every one. [] for nobody.'),
    escalation: text().optional().describe('Who is called next, by the name of an escalation.'),
    incident: z.boolean().optional().describe('Whether its alerts open incidents; default true, of P3 false.'),
  })
  .meta({ id: 'severity' });
export type SeverityKeys = z.output<typeof severitySchema>;
