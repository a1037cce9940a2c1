import { z } from 'zod';
import { probeTypes } from '../probe/registry.ts';
import { alertEntrySchema } from './alert-entry.ts';
import { durationFrom, labels, name, objective, text, webUrl } from './keys.ts';

/** The names of the probe types, as `type` has them. */
export const TYPE_NAMES = probeTypes.map(({ type }) => type);

/** Keys that a target may leave to `defaults.types.<type>` and `defaults`. */
const inherited = {
  interval: durationFrom('100ms', '7d').optional().describe('How often the target is probed; default 15s.'),
  timeout: durationFrom('1ms', '1h')
    .optional()
    .describe(
      'How long a probe may take; default 5s. Written here it must not exceed the interval, inherited it is cut to it.',
    ),
  confirm: z
    .int()
    .min(0)
    .max(100)
    .optional()
    .describe('How many quick re-probes must also fail before a failure counts; default 1.'),
  recover: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('How many probes in a row must succeed before the target counts as up again; default 2.'),
  builtin_alerts: z
    .enum(['all', 'down', 'none'])
    .optional()
    .describe('Which built-in alerts apply: all (the default), only the one for down, or none.'),
};

/** What `defaults` and each of `defaults.types` may give. */
export const inheritedKeys = z.strictObject(inherited);
export type Inherited = z.output<typeof inheritedKeys>;

const dependency = z
  .strictObject({
    name: name().describe('The other target.'),
    soft: z.boolean().optional().describe('Name it as a possible cause, and suppress nothing because of it.'),
  })
  .meta({ id: 'dependency' });

/** The keys that every target has, whatever its type. */
export const targetKeys = z.strictObject({
  name: name().describe('Unique name of the target.'),
  type: z.enum(TYPE_NAMES).describe('What kind of service it is.'),
  ...inherited,
  critical: z.boolean().optional().describe('How grave it is when it is down: true P0, unset P1, false P2.'),
  depends_on: z
    .array(z.union([name(), dependency]))
    .optional()
    .describe(
      'Targets that it cannot do without: while one of them is down, this one’s alerts are symptoms and page nobody.',
    ),
  labels: labels()
    .optional()
    .describe('Labels of its alerts, beside those of the whole config; an empty value removes one.'),
  instance: text().optional().describe('Value of the label `instance` on its series; default the name.'),
  group: text().optional().describe('Heading under which people see it.'),
  place: z
    .union([text(), z.array(text())])
    .optional()
    .describe(
      'Where it runs, by one name or several: targets that fail in one place at one time are one incident. Default its host, where that is one of your own network; an empty list is nowhere.',
    ),
  description: text().optional().describe('What it is, for people.'),
  runbook: webUrl().optional().describe('Link to what to do when it fails.'),
  dashboard: webUrl().optional().describe('Link to its dashboard.'),
  enabled: z.boolean().optional().describe('false pauses it: it is never probed.'),
  slo: objective().optional().describe('How much of the time it should be up.'),
  hold: durationFrom('0s', '1d')
    .optional()
    .describe('How long people are not told yet of its alerts; default what their severity says.'),
  startup_grace: durationFrom('0s', '7d')
    .optional()
    .describe('How long a target that was never seen up stays pending; default the config’s startup_grace.'),
  alerts: z
    .array(alertEntrySchema)
    .optional()
    .describe('Alerts of its own, and changes of built-in ones by their name.'),
});
export type TargetKeys = z.output<typeof targetKeys>;
