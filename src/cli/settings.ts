import { fileSchema } from '../config/file-schema.ts';
import { OutriderError } from '../core/errors.ts';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from '../core/log.ts';
import { hostPort } from '../core/schema.ts';

/** Where a setting came from, strongest first. */
export const SOURCES = ['flag', 'environment', 'file', 'image', 'default'] as const;
export type Source = (typeof SOURCES)[number];

/** A setting by the name of its flag, and what has decided it. */
export interface Setting {
  readonly name: 'config' | 'listen' | 'store' | 'log-level' | 'log-format';
  readonly value: string;
  readonly source: Source;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** Flags as the command line hands them on, whichever spelling was used. */
export interface Flags {
  readonly config?: readonly string[];
  readonly listen?: string;
  readonly store?: string;
  readonly logLevel?: string;
  readonly logFormat?: string;
}

/** What of the config file flags and environment may overrule. */
export interface FromFile {
  readonly listen: string | undefined;
  readonly store: string | undefined;
}

const variableOf = (name: Setting['name']): string => name.toUpperCase().replace('-', '_');

/** The first that is given: flag, environment, file, the image's default, ours. An empty variable is none. */
function decide(name: Setting['name'], flag: string | undefined, env: Env, file: string | undefined, ours: string) {
  const own = env[`OUTRIDER_${variableOf(name)}`];
  const image = env[`OUTRIDER_DEFAULT_${variableOf(name)}`];
  if (flag !== undefined) return { name, value: flag, source: 'flag' } as const;
  if (own !== undefined && own !== '') return { name, value: own, source: 'environment' } as const;
  if (file !== undefined) return { name, value: file, source: 'file' } as const;
  if (image !== undefined && image !== '') return { name, value: image, source: 'image' } as const;
  return { name, value: ours, source: 'default' } as const;
}

/** What to change in order to change it: `--listen`, `OUTRIDER_LISTEN`, `the config file`. */
export function originOf({ name, source }: Setting): string {
  if (source === 'flag') return `--${name}`;
  if (source === 'environment') return `OUTRIDER_${variableOf(name)}`;
  if (source === 'image') return `OUTRIDER_DEFAULT_${variableOf(name)}`;
  return source === 'file' ? 'the config file' : 'the default';
}

/** Several files stand in one variable as in PATH. */
const BETWEEN_FILES = ':';

export const configSetting = ({ config }: Flags, env: Env): Setting =>
  decide('config', config?.join(BETWEEN_FILES), env, undefined, 'config/outrider.yml');

/** The config files, later ones over earlier ones. */
export function configFiles(flags: Flags, env: Env): readonly string[] {
  if (flags.config !== undefined) return flags.config;
  return configSetting(flags, env)
    .value.split(BETWEEN_FILES)
    .filter((file) => file !== '');
}

export const listenSetting = (flags: Flags, env: Env, file: FromFile): Setting =>
  decide('listen', flags.listen, env, file.listen, '127.0.0.1:9875');

export const storeSetting = (flags: Flags, env: Env, file: FromFile): Setting =>
  decide('store', flags.store, env, file.store, 'sqlite:data/outrider.db');

export const logLevelSetting = (flags: Flags, env: Env): Setting =>
  decide('log-level', flags.logLevel, env, undefined, 'info');

/** People at a terminal read `pretty`; what collects logs reads `logfmt`. */
export const logFormatSetting = (flags: Flags, env: Env, onTerminal: boolean): Setting =>
  decide('log-format', flags.logFormat, env, undefined, onTerminal ? 'pretty' : 'logfmt');

const refuse = (setting: Setting, expected: string, got = `, got "${setting.value}"`): OutriderError =>
  new OutriderError('usage', `${originOf(setting)}: expected ${expected}${got}`);

const LISTEN = hostPort();

/** Both parts of `host:port`; an empty host listens everywhere. Throws OutriderError `usage`. */
export function toAddress(setting: Setting): { readonly host: string; readonly port: number } {
  const parsed = LISTEN.safeParse(setting.value);
  if (!parsed.success) throw refuse(setting, 'host:port');
  return parsed.data;
}

/** Throws OutriderError `usage` unless it is one of the stores that the config file may name; it may carry a password. */
export function checkStore(setting: Setting): void {
  const { success } = fileSchema.shape.store.safeParse(setting.value);
  if (!success) throw refuse(setting, 'sqlite:PATH, memory or postgres://…', '');
}

/** Throws OutriderError `usage`. */
export function toLogLevel(setting: Setting): LogLevel {
  const level = LOG_LEVELS.find((one) => one === setting.value);
  if (level === undefined) throw refuse(setting, `one of ${LOG_LEVELS.join(', ')}`);
  return level;
}

/** Throws OutriderError `usage`. */
export function toLogFormat(setting: Setting): LogFormat {
  const format = LOG_FORMATS.find((one) => one === setting.value);
  if (format === undefined) throw refuse(setting, `one of ${LOG_FORMATS.join(', ')}`);
  return format;
}
