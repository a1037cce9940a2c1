import { z } from 'zod';
import { durationFrom, name, text, timezone } from './keys.ts';

const some = () => z.array(text()).min(1).optional();

/** One entry of `maintenance`; what `cron` and `matchers` say, and whom they name, is judged in `maintenance.ts`. */
export const maintenanceSchema = z
  .strictObject({
    name: name().describe('What is done then; unique.'),
    cron: z
      .string()
      .describe(
        'When it starts, as node-cron reads it: minute, hour, day of the month, month, weekday; or six fields with seconds first, or a name such as @daily.',
      )
      .meta({ examples: ['0 3 * * *', '30 2 * * sun'] }),
    timezone: timezone()
      .optional()
      .describe('IANA time zone whose clocks `cron` goes by; default the file’s `timezone`.'),
    duration: durationFrom('1s', '52w').describe('How long it lasts, as elapsed time.'),
    targets: some().describe('Targets that may fail then.'),
    groups: some().describe('Groups whose targets may fail then.'),
    matchers: some()
      .describe('Matchers of alerts, as in Alertmanager: an alert that fits all of them is covered too.')
      .meta({ examples: ['team="core"', 'severity=~"P2|P3"'] }),
  })
  .meta({ id: 'maintenance' });
export type MaintenanceKeys = z.output<typeof maintenanceSchema>;
