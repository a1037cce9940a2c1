import { z } from 'zod';
import { hostPort, secret, size } from '../core/schema.ts';
import { SCOPES } from '../core/scope.ts';
import { alertEntrySchema } from './alert-entry.ts';
import { durationFrom, labels, name, percentage, timezone, webUrl } from './keys.ts';
import { maintenanceSchema } from './maintenance-schema.ts';
import { routeSchema } from './route-schema.ts';
import { severitySchema } from './severity-schema.ts';
import { inheritedKeys, TYPE_NAMES } from './target-schema.ts';
import { timeIntervalSchema } from './time-interval-schema.ts';
import { watchdogSchema } from './watchdog-schema.ts';

/** `sqlite:PATH`, `memory` or a Postgres URL. */
const store = z
  .string()
  .refine(
    (written) =>
      written === 'memory' ||
      /^sqlite:./.test(written) ||
      (/^postgres(ql)?:\/\//.test(written) && URL.canParse(written)),
    { error: 'expected sqlite:PATH, memory or postgres://…' },
  );

const externalUrl = webUrl().refine((written) => !/[?#]|^[^/]*\/\/[^/]*@/.test(written), {
  error: 'expected a URL without user, query and fragment',
});

const token = z.strictObject({
  name: name().describe('Who uses it; stands in the record of what was done with it.'),
  token: secret()
    .refine((given) => given.reveal().length > 0, { error: 'must not be empty' })
    .describe('The token itself, best from a variable or a secret file.'),
  scopes: z.array(z.enum(SCOPES)).min(1).describe('What it may do: metrics < read < write < admin.'),
});

const user = z.strictObject({
  name: name().describe('Login name.'),
  password_hash: secret()
    .refine((given) => /^\$(argon2id|2[aby])\$/.test(given.reveal()), {
      error: 'expected a hash made by `outrider hash-password`, which begins with $argon2id$',
    })
    .describe('Hash of the password, never the password itself.'),
});

const auth = z.strictObject({
  read: z
    .enum(['public', 'token'])
    .optional()
    .describe('Who may read: anybody (public, the default), or only with a token.'),
  tokens: z.array(token).optional().describe('Bearer tokens. Without one nothing can be written.'),
  users: z.array(user).optional().describe('People who log in.'),
});

const count = () => z.int().min(1).max(1_000_000);

const limits = z.strictObject({
  in_flight: count().default(4000).describe('Most probes at a time.'),
  body: size()
    .refine((bytes) => bytes >= 1 && bytes <= 2 ** 30, { error: 'expected a size from 1B to 1GiB' })
    .prefault('1MiB')
    .describe('Most bytes of a body that are read, after decompression.'),
  series: count().default(2000).describe('Most instances (label sets) of one measure of one target.'),
});

const correlation = z.strictObject({
  hold: durationFrom('0s', '1h')
    .prefault('15s')
    .describe('How long an alert waits at most for its target’s dependencies to be decided.'),
  grace: z
    .int()
    .min(0)
    .max(100)
    .default(2)
    .describe('How many intervals a symptom may outlast its root cause before it fires on its own.'),
  window: durationFrom('0s', '1h')
    .prefault('30s')
    .describe('How close first failures in one place must be to be one incident.'),
});

const flapping = z.strictObject({
  high: percentage()
    .prefault('30%')
    .describe('Weighted share of changes among the last 21 results from which a target is flapping.'),
  low: percentage().prefault('20%').describe('Share below which it no longer is; less than `high`.'),
});

const history = z.strictObject({
  minutes: durationFrom('1h', '13w').prefault('48h').describe('How long results rolled up by the minute are kept.'),
  hours: durationFrom('1d', '520w').prefault('400d').describe('How long results rolled up by the hour are kept.'),
});

/** What `defaults` may hold. */
export const defaultsSchema = inheritedKeys.extend({
  types: z
    .partialRecord(z.enum(TYPE_NAMES), inheritedKeys)
    .optional()
    .describe('The same keys for all targets of one type; they win over those beside `types`.'),
  alerts: z
    .array(alertEntrySchema)
    .optional()
    .describe('Changes of alerts of all targets; `*` is a wildcard in names.'),
});

/** Everything in a config file but the insides of `targets` and `notify`, which their types' own schemas parse. */
export const fileSchema = z.strictObject({
  service: name().describe('What is watched, as one word; the label `service` of every alert.'),
  timezone: timezone().default('UTC').describe('IANA time zone of maintenance, rotas, business hours and reports.'),
  listen: hostPort().optional().describe('Address of the web server, host:port; default 127.0.0.1:9875.'),
  store: store.optional().describe('Where state is kept: sqlite:PATH, memory or postgres://…'),
  external_url: externalUrl.optional().describe('URL under which people reach Outrider; used in links.'),
  labels: labels().optional().describe('Labels of every alert.'),
  defaults: defaultsSchema.optional().describe('What targets have unless they say otherwise.'),
  targets: z.array(z.unknown()).describe('What is probed.'),
  notify: z.record(z.string(), z.unknown()).optional().describe('Who is told: name of the receiver → its settings.'),
  severities: z
    .array(severitySchema)
    .min(1)
    .optional()
    .describe('Severities in use, gravest first; default P0 to P3. What an entry does not say is as by default.'),
  time_intervals: z
    .record(name(), z.array(timeIntervalSchema).min(1))
    .optional()
    .describe('Times that routes go by: name → when it is open, as in Alertmanager.'),
  routes: z
    .array(routeSchema)
    .optional()
    .describe('Who is told of which alerts: the first that matches; without one, `to` of the severity.'),
  sender: z
    .enum(['outrider', 'prometheus'])
    .default('outrider')
    .describe('Who tells Alertmanager: Outrider itself, or Prometheus by rules over what Outrider says.'),
  fallback: z.string().optional().describe('Receiver that is told when another fails for good, by its name.'),
  auth: auth.optional().describe('Who may read and write over HTTP.'),
  connectivity: z.array(hostPort()).optional().describe('Addresses that answer whenever our own network works.'),
  startup_grace: durationFrom('0s', '7d')
    .prefault('60s')
    .describe('How long a target that was never seen up stays pending.'),
  correlation: correlation.prefault({}).describe('How failures are put together.'),
  flapping: flapping.prefault({}).describe('When a target is said to go up and down.'),
  maintenance: z
    .array(maintenanceSchema)
    .optional()
    .describe('Times that come again, in which targets may fail without anybody being told.'),
  watchdog: watchdogSchema.prefault({}).describe('How others notice that Outrider itself is dead.'),
  history: history.prefault({}).describe('How long results are kept.'),
  limits: limits.prefault({}).describe('Bounds of what Outrider itself takes.'),
  metrics: z
    .strictObject({
      exporter_names: z
        .union([z.literal('all'), z.array(z.enum(TYPE_NAMES))])
        .default('all')
        .describe('Types whose measures also have their exporter’s names, or all.'),
    })
    .prefault({})
    .describe('What /metrics shows.'),
});
export type FileKeys = z.output<typeof fileSchema>;
