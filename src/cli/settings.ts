/** Where a setting came from, strongest first. */
export const SOURCES = ['flag', 'environment', 'file', 'image', 'default'] as const;
export type Source = (typeof SOURCES)[number];

export interface Setting {
  readonly value: string;
  readonly source: Source;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** Flags as commander hands them on; Prometheus' spellings beside ours. */
export interface Flags {
  readonly config?: readonly string[];
  readonly 'config.file'?: readonly string[];
  readonly listen?: string;
  readonly 'web.listenAddress'?: string;
  readonly store?: string;
  readonly logLevel?: string;
  readonly 'log.level'?: string;
  readonly logFormat?: string;
  readonly 'log.format'?: string;
}

const OURS = { config: 'config/outrider.yml', listen: '127.0.0.1:9875', store: 'sqlite:data/outrider.db' } as const;

/** The config files: flags, else `OUTRIDER_CONFIG` (several separated by `:`), else the image's, else `config/outrider.yml`. */
export function configFiles(flags: Flags, env: Env): readonly string[] {
  const given = [...(flags.config ?? []), ...(flags['config.file'] ?? [])];
  if (given.length > 0) return given;
  const fromEnv = env['OUTRIDER_CONFIG'];
  if (fromEnv !== undefined && fromEnv !== '') return fromEnv.split(':');
  return [env['OUTRIDER_DEFAULT_CONFIG'] ?? OURS.config];
}

/** The first that is given: flag, environment, file, the image's default, ours. */
export function decide(
  flag: string | undefined,
  own: string | undefined,
  file: string | undefined,
  image: string | undefined,
  ours: string,
): Setting {
  if (flag !== undefined) return { value: flag, source: 'flag' };
  if (own !== undefined && own !== '') return { value: own, source: 'environment' };
  if (file !== undefined) return { value: file, source: 'file' };
  if (image !== undefined && image !== '') return { value: image, source: 'image' };
  return { value: ours, source: 'default' };
}

/** What of the config file flags and environment may overrule. */
export interface FromFile {
  readonly listen: string | undefined;
  readonly store: string | undefined;
}

export const listenSetting = (flags: Flags, env: Env, file: FromFile): Setting =>
  decide(
    flags.listen ?? flags['web.listenAddress'],
    env['OUTRIDER_LISTEN'],
    file.listen,
    env['OUTRIDER_DEFAULT_LISTEN'],
    OURS.listen,
  );

export const storeSetting = (flags: Flags, env: Env, file: FromFile): Setting =>
  decide(flags.store, env['OUTRIDER_STORE'], file.store, env['OUTRIDER_DEFAULT_STORE'], OURS.store);

/** `host:port` into its parts; undefined where it is not one. */
export function splitListen(text: string): { readonly host: string; readonly port: number } | undefined {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s/]*)):(\d{1,5})$/.exec(text);
  const port = Number(parts?.[3]);
  return parts === null || port > 65_535 ? undefined : { host: parts[1] ?? parts[2] ?? '', port };
}
