import type { Draft, DraftTarget, Key } from './draft.ts';
import { brokersIn, nameOfVariable } from './recognise/elsewhere.ts';
import { connectionOf } from './recognise/mention.ts';
import { urlParts } from './recognise/url.ts';

/** What is set on every machine and points at nothing that an application stands on. */
const OTHERS = /^(OUTRIDER|NPM|NODE|NVM|XDG|SSH|GIT|GITHUB|CI|DOCKER|LC|DBUS)_|_PROXY$|^(_|PWD|OLDPWD|SENTRY_DSN)$/i;
/** Schemes of what has no probe yet. */
const UNPROBED =
  /^(mysql|mysql2|mariadb|mongodb|mongodb\+srv|amqps?|nats|memcached?|mssql|sqlserver|oracle|cassandra|clickhouse|elasticsearch|ldaps?|smtps?|mqtts?)$/;
/** Of one store under several names, an application's own comes first. */
const FIRST = /^(DATABASE_URL|REDIS_URL|KAFKA_BROKERS)$/;

const NOTHING =
  'No compose file was read (-f FILE names one), and no variable such as DATABASE_URL or REDIS_URL is set.';

interface Found {
  readonly target: DraftTarget;
  /** What it leads to: two variables may say the same. */
  readonly place: string;
}

/** What the environment alone tells: DATABASE_URL, REDIS_URL, KAFKA_BROKERS and whatever else ends in _URL. */
export function draftOfEnvironment(env: Readonly<Record<string, string | undefined>>, service: string): Draft {
  const variables = Object.entries(env)
    .flatMap(([key, text]) => (text === undefined || text === '' || OTHERS.test(key) ? [] : [{ key, text }]))
    .toSorted((a, b) => Number(FIRST.test(b.key)) - Number(FIRST.test(a.key)) || a.key.localeCompare(b.key));
  const alertmanagers = variables.filter(({ key, text }) => key === 'ALERTMANAGER_URL' && /^https?:/.test(text));
  const all = variables.flatMap(({ key, text }) => (key === 'ALERTMANAGER_URL' ? [] : targetOf(key, text)));
  const targets = new Map<string, DraftTarget>();
  const seen = new Map<string, string>();
  const remarks: string[] = [];
  for (const { target, place } of all) {
    const before = seen.get(place);
    if (before !== undefined) remarks.push(`${target.name} is what ${before} is: one target is enough`);
    else {
      const name = targets.has(target.name) ? `${target.name}-${target.type}` : target.name;
      targets.set(name, { ...target, name });
      seen.set(place, name);
    }
  }
  const unprobed = variables.filter(({ text }) => UNPROBED.test(urlParts(text)?.scheme ?? ''));
  return {
    service,
    from: 'the environment',
    targets: [...targets.values()],
    leftOut: unprobed.map(({ key }) => ({ name: key, reason: 'no-probe-type' as const })),
    remarks: [
      ...remarks,
      ...(targets.size > 0 ? [] : [NOTHING]),
      ...(targets.size > 1 ? ['The environment does not tell what depends on what: give depends_on.'] : []),
    ],
    alertmanagers: alertmanagers.map(({ key }) => `\${${key}}`),
  };
}

function targetOf(key: string, text: string): readonly Found[] {
  const connection = connectionOf({ by: '', key, text, value: { raw: '', from: 'outside' } });
  const name = nameOfVariable(key);
  const reference = `\${${key}}`;
  const found = (
    type: string,
    keys: readonly Key[],
    place: string,
    about: readonly string[] = [],
  ): readonly Found[] => [
    { target: { name, type, about, keys, critical: undefined, dependsOn: [] }, place: `${type} ${place}` },
  ];
  if (connection !== undefined) {
    const { host, port, path } = connection.filled;
    return found(connection.type, [{ key: 'url', value: reference }], `${host}:${port}/${path}`);
  }
  const brokers = brokersIn(key, text);
  if (brokers !== undefined)
    return found('kafka', [{ key: 'brokers', value: brokers.length === 1 ? [reference] : brokers }], brokers.join());
  const parts = urlParts(text);
  if (!/_URL$/i.test(key) || (parts?.scheme !== 'http' && parts?.scheme !== 'https')) return [];
  const keys = [
    { key: 'url', value: reference },
    { key: 'redirects', value: 'none' },
    { key: 'expect', value: { status: '200-499' } },
  ];
  return found('http', keys, text, [
    'Nothing says which path tells its health: any answer below 500 is up. Give a better one.',
  ]);
}
