import { pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { LogFormat, Logger, LogLevel } from './core/log.ts';
import type { Scrub } from './core/secret.ts';

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Where whole lines go. */
  readonly write: (line: string) => void;
}

/** A logger whose every line passes the scrubber, which a reload replaces. */
export interface ScrubbedLogger extends Logger {
  useScrub(scrub: Scrub): void;
}

type Entry = Readonly<Record<string, unknown>>;

/** Opens the log. Lines leave synchronously: what is said before a crash is not lost. */
export function openLog({ level, format, write }: LogOptions): ScrubbedLogger {
  let scrub: Scrub = (text) => text;
  const shape = SHAPES[format];
  const stream = { write: (line: string) => write(scrub(shape(line))) };
  const log = pino(
    {
      level,
      base: null,
      messageKey: 'msg',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: stdSerializers.err },
    },
    stream,
  );
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    useScrub: (next) => {
      scrub = next;
    },
  };
}

const text = (value: unknown): string => {
  if (typeof value === 'object' && value !== null && 'stack' in value) return String(value.stack);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

const logfmtValue = (value: string): string => (/^[^\s"=]+$/.test(value) ? value : JSON.stringify(value));

const rest = ({ time: _time, level: _level, msg: _msg, ...fields }: Entry): [string, string][] =>
  Object.entries(fields).map(([key, value]) => [key, text(value)]);

const SHAPES: Readonly<Record<LogFormat, (line: string) => string>> = {
  json: (line) => line,
  logfmt(line) {
    const entry = JSON.parse(line) as Entry;
    const pairs = [
      ['time', text(entry['time'])],
      ['level', text(entry['level'])],
      ['msg', text(entry['msg'])],
      ...rest(entry),
    ];
    return `${pairs.map(([key, value]) => `${key}=${logfmtValue(value ?? '')}`).join(' ')}\n`;
  },
  pretty(line) {
    const entry = JSON.parse(line) as Entry;
    const clock = text(entry['time']).slice(11, 19);
    const fields = rest(entry).map(([key, value]) => `${key}=${logfmtValue(value)}`);
    return `${clock} ${text(entry['level']).toUpperCase().padEnd(5)} ${text(entry['msg'])}${fields.length > 0 ? `  ${fields.join(' ')}` : ''}\n`;
  },
};
