import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  configFiles,
  configSetting,
  listenSetting,
  logFormatSetting,
  logLevelSetting,
  originOf,
  type Setting,
  SOURCES,
  type Source,
  storeSetting,
  toAddress,
} from '../../src/cli/settings.ts';

/** How each source gives a value, for every setting that has it. */
type Given = Partial<Record<Source, string>>;

const env = (variable: string, { environment, image }: Given) => ({
  ...(environment === undefined ? {} : { [`OUTRIDER_${variable}`]: environment }),
  ...(image === undefined ? {} : { [`OUTRIDER_DEFAULT_${variable}`]: image }),
});
const flag = (name: string, given: Given) => (given.flag === undefined ? {} : { [name]: given.flag });

const SETTINGS: Readonly<Record<string, { sources: readonly Source[]; ours: string; of: (given: Given) => Setting }>> =
  {
    listen: {
      sources: SOURCES,
      ours: '127.0.0.1:9875',
      of: (given) =>
        listenSetting(flag('listen', given), env('LISTEN', given), { listen: given.file, store: undefined }),
    },
    store: {
      sources: SOURCES,
      ours: 'sqlite:data/outrider.db',
      of: (given) => storeSetting(flag('store', given), env('STORE', given), { store: given.file, listen: undefined }),
    },
    'log-level': {
      sources: SOURCES.filter((source) => source !== 'file'),
      ours: 'info',
      of: (given) => logLevelSetting(flag('logLevel', given), env('LOG_LEVEL', given)),
    },
    'log-format': {
      sources: SOURCES.filter((source) => source !== 'file'),
      ours: 'logfmt',
      of: (given) => logFormatSetting(flag('logFormat', given), env('LOG_FORMAT', given), false),
    },
    config: {
      sources: SOURCES.filter((source) => source !== 'file'),
      ours: 'config/outrider.yml',
      of: (given) => configSetting(given.flag === undefined ? {} : { config: [given.flag] }, env('CONFIG', given)),
    },
  };

describe.each(Object.entries(SETTINGS))('%s', (name, { sources, ours, of }) => {
  const all: Given = Object.fromEntries(sources.map((source) => [source, `by ${source}`]));

  it.each(sources)('is decided by %s when nothing stronger is given', (source) => {
    const weaker = Object.entries(all).filter(([other]) => sources.indexOf(other as Source) >= sources.indexOf(source));
    const value = source === 'default' ? ours : `by ${source}`;
    expect(of(Object.fromEntries(weaker))).toEqual({ name, value, source });
  });

  it('takes an empty variable for none', () => {
    expect(of({ environment: '', image: '' }).source).toBe('default');
    expect(of({ environment: '', image: 'x' }).source).toBe('image');
  });
});

it.each([
  [{ name: 'listen', source: 'flag' }, '--listen'],
  [{ name: 'log-level', source: 'flag' }, '--log-level'],
  [{ name: 'log-level', source: 'environment' }, 'OUTRIDER_LOG_LEVEL'],
  [{ name: 'store', source: 'image' }, 'OUTRIDER_DEFAULT_STORE'],
  [{ name: 'store', source: 'file' }, 'the config file'],
  [{ name: 'store', source: 'default' }, 'the default'],
] as const)('what decided is called by the name that a person would change: %j', (setting, origin) => {
  expect(originOf({ ...setting, value: '' })).toBe(origin);
});

it('several config files stand in one variable as in PATH, and a flag may hold a colon', () => {
  expect(configFiles({}, { OUTRIDER_CONFIG: 'a.yml::b.yml:' })).toEqual(['a.yml', 'b.yml']);
  expect(configFiles({ config: ['c:d.yml'] }, { OUTRIDER_CONFIG: 'a.yml' })).toEqual(['c:d.yml']);
});

it('people at a terminal get a pretty log', () => {
  expect(logFormatSetting({}, {}, true).value).toBe('pretty');
});

describe('an address to listen on', () => {
  const parsed = (value: string) => toAddress({ name: 'listen', value, source: 'flag' });

  it.each([
    ['127.0.0.1:9875', { host: '127.0.0.1', port: 9875 }],
    [':9875', { host: '', port: 9875 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['outrider.example:65535', { host: 'outrider.example', port: 65_535 }],
  ])('%s', (text, address) => {
    expect(parsed(text)).toEqual(address);
  });

  it('is refused with a sentence whatever else it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          const { host, port } = parsed(text);
          expect(port).toBeLessThanOrEqual(65_535);
          expect([`${host}:`, `[${host}]:`].some((start) => text.startsWith(start))).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ name: 'OutriderError', code: 'usage' });
        }
      }),
    );
  });
});
