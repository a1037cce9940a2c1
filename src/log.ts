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
  /** The text as the log would show it: without secrets. */
  scrub(text: string): string;
}

type Entry = Readonly<Record<string, unknown>>;

/** Opens the log. Lines leave synchronously: what is said before a crash is not lost. */
export function openLog({ level, format, write }: LogOptions): ScrubbedLogger {
  let scrub: Scrub = (text) => text;
  const stream = {
    write(line: string) {
      // Each text by itself, before another layer of quotes hides a secret, then the whole: names of fields may hold one too.
      const entry = JSON.parse(line, (_, value) => (typeof value === 'string' ? scrub(value) : value)) as Entry;
      write(scrub(SHAPES[format](entry)));
    },
  };
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
    scrub: (text) => scrub(text),
  };
}

const text = (value: unknown): string => {
  if (typeof value === 'object' && value !== null && 'stack' in value) return String(value.stack);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** What a terminal would act on, beside what JSON escapes by itself. */
const CONTROLS = /[\x7f-\x9f\u2028\u2029]/g;
const PLAIN = /^[^\s"=\p{Cc}]+$/u;

const toJson = (value: unknown): string =>
  JSON.stringify(value).replace(CONTROLS, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);

const quoted = (value: string): string => (PLAIN.test(value) ? value : toJson(value));

const rest = ({ time: _time, level: _level, msg: _msg, ...fields }: Entry): readonly string[] =>
  Object.entries(fields).map(([key, value]) => `${key}=${quoted(text(value))}`);

const SHAPES: Readonly<Record<LogFormat, (entry: Entry) => string>> = {
  json: (entry) => `${toJson(entry)}\n`,
  logfmt(entry) {
    const { time, level, msg } = entry;
    return `${[`time=${time}`, `level=${level}`, `msg=${quoted(text(msg))}`, ...rest(entry)].join(' ')}\n`;
  },
  pretty(entry) {
    // The time of the person's own clock.
    const time = new Date(text(entry['time'])).toTimeString().slice(0, 8);
    const said = `${time} ${text(entry['level']).toUpperCase().padEnd(5)} ${text(entry['msg'])}`;
    return `${[said, rest(entry).join(' ')].join('  ').trimEnd()}\n`;
  },
};
