import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ConfiguredTarget } from '../../../src/config/config.ts';
import type { Reason } from '../../../src/generate/init/draft.ts';

export const FOLDER = join(import.meta.dirname, '..', '..', 'fixture', 'compose');

/** What should become of a compose file, as `expected.yml` beside it says by hand. */
export interface Expected {
  /** Beside it; default the file that compose would find, and its override. */
  readonly files?: readonly string[];
  readonly profiles?: readonly string[];
  readonly service: string;
  readonly targets: Readonly<Record<string, ExpectedTarget>>;
  readonly could_not?: Readonly<Record<string, Reason>>;
  readonly alertmanagers?: readonly string[];
  /** Every variable that the written config may ask for, with a value. */
  readonly env?: Readonly<Record<string, string>>;
  /** Texts of the compose file that may stand nowhere. */
  readonly secrets?: readonly string[];
  /** Texts that are said to people. */
  readonly said?: readonly string[];
}

export interface ExpectedTarget {
  readonly type: string;
  /** Where it is asked, once the variables are filled in. */
  readonly at: string;
  /** As whom. */
  readonly as?: string;
  readonly critical?: boolean;
  readonly depends_on?: readonly (string | { readonly name: string; readonly soft: true })[];
}

const DEFAULT_FILES = [
  ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'],
  ['compose.override.yaml', 'compose.override.yml', 'docker-compose.override.yml', 'docker-compose.override.yaml'],
];

export function expectedOf(name: string): Expected & { readonly paths: readonly string[] } {
  const folder = join(FOLDER, name);
  const expected = parse(readFileSync(join(folder, 'expected.yml'), 'utf8')) as Expected;
  const found = DEFAULT_FILES.flatMap((names) => names.filter((file) => existsSync(join(folder, file))).slice(0, 1));
  return { ...expected, paths: (expected.files ?? found).map((file) => join(folder, file)) };
}

interface Revealing {
  reveal(): string;
}
type Address = { readonly host: string; readonly port: number };

/** What of a target's settings says where it is asked, and as whom. */
interface Where {
  readonly url?: Revealing;
  readonly host?: string;
  readonly port?: number;
  readonly username?: string;
  readonly addresses?: readonly Address[];
  readonly brokers?: readonly Address[];
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { postgres: 5432, redis: 6379 };

/** A target of a loaded config in the words of `expected.yml`. */
export function seen({ target, settings }: ConfiguredTarget): ExpectedTarget {
  const { host, username, ...where } = settings as Where;
  const url = where.url === undefined ? undefined : where.url.reveal();
  const { port = DEFAULT_PORTS[target.type] } = where;
  const listed = (where.brokers ?? where.addresses)?.map((each) => `${each.host}:${each.port}`).join(',');
  const parsed =
    url === undefined ? undefined : new URL(url.replace(/^[a-z+0-9]+:/, target.type === 'http' ? '$&' : 'x:'));
  const place = parsed === undefined ? undefined : `${parsed.hostname}:${parsed.port || DEFAULT_PORTS[target.type]}`;
  return {
    type: target.type,
    at: (target.type === 'http' ? url : (place ?? listed)) ?? `${host}:${port}`,
    ...(username === undefined ? {} : { as: username }),
    ...(target.critical === undefined ? {} : { critical: target.critical }),
    depends_on: target.dependsOn
      .map(({ name, soft }) => (soft === true ? { name, soft: true as const } : name))
      .toSorted(byName),
  };
}

const byName = (a: string | { readonly name: string }, b: string | { readonly name: string }): number =>
  (typeof a === 'string' ? a : a.name).localeCompare(typeof b === 'string' ? b : b.name);

/** The same without what is not asserted: the order of what it depends on; a user that is not named. */
export const comparable = (expected: ExpectedTarget, actual: ExpectedTarget | undefined) => {
  const { as, ...rest } = expected;
  const { as: actually, ...others } = actual ?? { type: 'nothing', at: '' };
  return {
    expected: {
      ...rest,
      depends_on: (expected.depends_on ?? []).toSorted(byName),
      ...(as === undefined ? {} : { as }),
    },
    actual: { ...others, ...(as === undefined ? {} : { as: actually }) },
  };
};
