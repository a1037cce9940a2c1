import type { Service } from '../compose/service.ts';
import type { DraftTarget, Key } from '../draft.ts';
import { connectionOf, type Mention, writtenAs } from './mention.ts';
import type { Names } from './names.ts';

/** A store that only the environment knows: it is no service of the file. */
export interface External {
  readonly target: DraftTarget;
  readonly remark: string;
  /** Variables that lead to it. */
  readonly mentions: readonly Mention[];
}

const BROKER_KEY =
  /(^|_)(KAFKA|BOOTSTRAP)(_\w+)?_(BROKERS?|SERVERS?|HOSTS?|URLS?|ADDR(ESS)?)$|^BROKERS?$|BOOTSTRAP_SERVERS?$/i;
const BROKERS = /^[\w.-]+:\d+(\s*,\s*[\w.-]+:\d+)*$/;
const OWN_MACHINE = /^(localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\]|host\.docker\.internal|)$/;

/** host:port of each broker in a variable that says so; undefined for any other variable. */
export const brokersIn = (key: string, text: string): readonly string[] | undefined =>
  BROKER_KEY.test(key) && BROKERS.test(text) ? text.split(/\s*,\s*/) : undefined;

/** `database` of `DATABASE_URL`, `kafka` of `KAFKA_BROKERS`. */
export const nameOfVariable = (key: string): string => {
  const name = key
    .toLowerCase()
    .replace(/_(url|uri|dsn|brokers?|bootstrap_servers?|hosts?|addr(ess)?|endpoint)$/, '')
    .replaceAll('_', '-');
  return name === '' || name === 'bootstrap-servers' ? 'kafka' : name;
};

/** A target for each store beyond the file that variables lead to, each once. */
export function externalTargets(
  mentions: readonly Mention[],
  inside: ReadonlySet<string>,
  names: Names,
): readonly External[] {
  const byPlace = new Map<string, { readonly first: Mention; readonly type: string; readonly all: Mention[] }>();
  for (const mention of mentions) {
    const place = placeOf(mention, inside);
    if (place === undefined) continue;
    const before = byPlace.get(place.id);
    if (before === undefined) byPlace.set(place.id, { first: mention, type: place.type, all: [mention] });
    else before.all.push(mention);
  }
  const used = new Set(inside);
  return [...byPlace.values()].map(({ first, type, all }) => {
    const plain = nameOfVariable(first.key);
    const name = used.has(plain) ? `${first.by}-${plain}` : plain;
    used.add(name);
    const about = [
      `No service of the compose file: ${[...new Set(all.map(({ by }) => by))].join(', ')} reach it by ${first.key}.`,
    ];
    const target = { name, type, about, keys: keysOf(first, names, name), critical: undefined, dependsOn: [] };
    return { target, remark: `${name}: known from ${first.key} of ${first.by} alone`, mentions: all };
  });
}

function placeOf(
  mention: Mention,
  inside: ReadonlySet<string>,
): { readonly id: string; readonly type: string } | undefined {
  const connection = connectionOf(mention);
  if (connection !== undefined) {
    const { host, port, path } = connection.filled;
    if (inside.has(host) || OWN_MACHINE.test(host)) return undefined;
    return { id: `${connection.type} ${host}:${port}/${path}`, type: connection.type };
  }
  const brokers = brokersIn(mention.key, mention.text);
  const beyond = brokers?.every((broker) => !inside.has(hostOf(broker)) && !OWN_MACHINE.test(hostOf(broker)));
  return beyond === true ? { id: `kafka ${mention.text}`, type: 'kafka' } : undefined;
}

const hostOf = (broker: string): string => broker.replace(/:\d+$/, '');

function keysOf(mention: Mention, names: Names, name: string): readonly Key[] {
  const connection = connectionOf(mention);
  if (connection === undefined) return [{ key: 'brokers', value: brokersIn(mention.key, mention.text) ?? [] }];
  const written = writtenAs(connection, names, name);
  const url = written.form === 'url' ? written.url : `\${${names.claim(mention.key, mention.value.raw, name)}}`;
  return [{ key: 'url', value: url, comment: `as ${mention.by} has it in ${mention.key}` }];
}

const HOST_KEY = /(HOST|SERVER|ADDR|ADDRESS|BROKER|SEED|ENDPOINT|NODE|SENTINEL|MASTER)S?(_\w+)?$/i;

/** Which service leads by its environment to which store. */
export function mentionedStores(
  mentions: readonly Mention[],
  stores: readonly Service[],
  external: readonly External[],
): readonly { readonly from: string; readonly to: string }[] {
  const patterns = stores.map((store) => ({ store, pattern: patternOf([store.name, ...store.aliases]) }));
  const byName = new Map(
    stores.flatMap(({ name, aliases }) => [name, ...aliases].map((each) => [each, name] as const)),
  );
  return mentions.flatMap((mention) => {
    const { by, key, text } = mention;
    const alone = HOST_KEY.test(key) ? text.split(',').flatMap((part) => byName.get(part.trim()) ?? []) : [];
    const addressed =
      text.length > LONGEST ? [] : patterns.filter(({ pattern }) => pattern.test(text)).map(({ store }) => store.name);
    const beyond = external.filter((each) => each.mentions.includes(mention)).map(({ target }) => target.name);
    return [...alone, ...addressed, ...beyond].filter((to) => to !== by).map((to) => ({ from: by, to }));
  });
}

/** What is longer is a file in a variable, not an address. */
const LONGEST = 2000;

/** `//db`, `@db:5432`, `db:5432` as a whole address; not `mydb:5432` and not `db.example.com`. */
const patternOf = (names: readonly string[]): RegExp => {
  const any = names.map((name) => RegExp.escape(name)).join('|');
  return new RegExp(`(?:(?:\\/\\/|@)(?:${any})(?=[:/?,]|$)|(?:^|[,;\\s/@])(?:${any}):\\d+(?!\\d|\\.\\d))`);
};
