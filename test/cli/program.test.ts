import { describe, expect, it } from 'vitest';
import { OutriderError } from '../../src/core/errors.ts';
import { type } from './terminal.ts';

const WEB_CONFIG =
  'error: --web.config.file: the web server has neither TLS nor passwords yet; listen on 127.0.0.1 and put a proxy that speaks TLS in front of it';

describe('help', () => {
  it.each([
    [],
    ['run'],
    ['check'],
    ['probe'],
    ['rules'],
    ['status'],
    ['alerts'],
    ['silence'],
    ['silence', 'add'],
    ['silence', 'list'],
    ['silence', 'expire'],
    ['deploy'],
    ['schema'],
  ])('of "%s %s" is an answer, with an example', async (...words) => {
    const command = words.filter((word) => word !== undefined);
    const { code, out, err } = await type([...command, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(new RegExp(`^Usage: outrider ${command.join(' ')}`));
    expect(out).toMatch(/\nExample:\n {2}\$ outrider .+\n/);
  });

  it('can be asked for in words', async () => {
    expect(await type(['help', 'probe'])).toEqual(await type(['probe', '--help']));
  });

  it.each([[[]], [['run']], [['check']]])('of %j names every flag, in one spelling', async (command) => {
    const { out } = await type([...command, '--help']);
    const flags = [...out.matchAll(/^ {2}(?:-\w, )?(--[\w.-]+)/gm)].map(([, flag]) => flag);
    const others = ['--help', '--version', '--explain'];
    expect(flags.filter((flag) => !others.includes(flag ?? ''))).toEqual([
      '--config',
      '--listen',
      '--store',
      '--log-level',
      '--log-format',
    ]);
  });
});

it('the version is an answer', async () => {
  expect(await type(['--version'])).toMatchObject({ code: 0, out: 'outrider 1.2.3\n', err: '' });
});

describe('wrong usage is exit 2, one error on stderr and no answer', () => {
  it.each([
    [['chek'], 'error: there is no command "chek"; did you mean "check"?'],
    [['frobnicate'], 'error: there is no command "frobnicate"'],
    [['--log-level', 'info', 'chek'], 'error: there is no command "chek"; did you mean "check"?'],
    [['--lisen', 'x'], "error: unknown option '--lisen'\n(Did you mean --listen?)"],
    [['check', '--jsn'], "error: unknown option '--jsn'"],
    [['--listen'], "error: option '--listen <host:port>' argument missing"],
    [
      ['--log-level', 'loud'],
      "error: option '--log-level <level>' argument 'loud' is invalid. Allowed choices are debug, info, warn, error.",
    ],
    [
      ['run', '--log.format', 'xml'],
      "error: option '--log.format <format>' argument 'xml' is invalid. Allowed choices are json, logfmt, pretty.",
    ],
    [['run', 'more'], "error: too many arguments for 'run'. Expected 0 arguments but got 1: more."],
    [['schema', 'more'], "error: too many arguments for 'schema'. Expected 0 arguments but got 1: more."],
    [['probe'], "error: missing required argument 'name|url'"],
    [['silence', 'ad'], "error: unknown command 'ad'\n(Did you mean add?)"],
    [['deploy'], "error: missing required argument 'version'"],
    [['--web.config.file', 'web.yml'], WEB_CONFIG],
    [['check', '--web.config.file=web.yml'], WEB_CONFIG],
    [['check', '--listen', '9875'], 'error: --listen: expected host:port, got "9875"'],
    [['check', '--listen', 'a:b'], 'error: --listen: expected host:port, got "a:b"'],
    [['check', '--listen', '127.0.0.1:65536'], 'error: --listen: expected host:port, got "127.0.0.1:65536"'],
    [['check', '--store', 'mysql://root:hunter22@db'], 'error: --store: expected sqlite:PATH, memory or postgres://…'],
  ])('%j', async (args, says) => {
    const { code, out, err, ran } = await type(args);
    const lines = err.split('\n').filter((line) => line !== '' && !/^Try: outrider( \w+)? --help$/.test(line));
    expect({ code, out, ran, says: lines.join('\n') }).toEqual({ code: 2, out: '', ran: undefined, says });
  });

  it.each([
    ['OUTRIDER_LOG_LEVEL', 'loud', 'expected one of debug, info, warn, error, got "loud"'],
    ['OUTRIDER_LOG_FORMAT', 'xml', 'expected one of json, logfmt, pretty, got "xml"'],
    ['OUTRIDER_LISTEN', 'here', 'expected host:port, got "here"'],
    ['OUTRIDER_DEFAULT_LISTEN', 'here', 'expected host:port, got "here"'],
    ['OUTRIDER_STORE', 'postgres://app:hunter22@', 'expected sqlite:PATH, memory or postgres://…'],
  ])('%s=%s', async (name, value, says) => {
    const typed = await type(['check'], { [name]: value });
    expect(typed).toMatchObject({ code: 2, out: '', err: `error: ${name}: ${says}\n` });
  });
});

describe('the daemon is started', () => {
  it.each([[[]], [['run']]])('by %j, with the default config', async (args) => {
    expect((await type(args)).ran).toEqual({ flags: {}, files: ['config/outrider.yml'] });
  });

  const OURS = ['--listen', ':1', '--store', 'memory', '--log-level', 'debug', '--log-format', 'json', '-c', 'a.yml'];
  const PROMETHEUS = [
    '--web.listen-address=:1',
    '--store=memory',
    '--log.level=debug',
    '--log.format=json',
    '--config.file=a.yml',
  ];
  it.each([
    ['our spelling', OURS],
    ['Prometheus’ spelling', PROMETHEUS],
    ['our spelling after the command', ['run', ...OURS]],
    ['Prometheus’ spelling after the command', ['run', ...PROMETHEUS]],
    ['flags before the command', [...OURS, 'run']],
  ])('with the same flags in %s', async (_, args) => {
    expect((await type(args)).ran).toEqual({
      flags: { listen: ':1', store: 'memory', logLevel: 'debug', logFormat: 'json', config: ['a.yml'] },
      files: ['a.yml'],
    });
  });

  it('with an empty --web.config.file, which Prometheus takes for none', async () => {
    expect(await type(['--web.config.file='])).toMatchObject({ code: 0, ran: { files: ['config/outrider.yml'] } });
  });

  it('with the last of a flag that is given twice, whatever its spelling', async () => {
    expect((await type(['--listen', ':1', '--web.listen-address', ':2'])).ran?.flags).toEqual({ listen: ':2' });
    expect((await type(['--log.level', 'debug', '--log-level', 'warn'])).ran?.flags).toEqual({ logLevel: 'warn' });
    expect((await type(['--listen', ':1', 'run', '--listen', ':2'])).ran?.flags).toEqual({ listen: ':2' });
  });

  it('with all config files in the order in which they are given', async () => {
    const args = ['-c', 'a.yml', '--config.file', 'b.yml', '--config=c.yml', 'run', '-c', 'd.yml'];
    expect((await type(args)).ran?.files).toEqual(['a.yml', 'b.yml', 'c.yml', 'd.yml']);
  });
});

it.each([
  ['config_invalid', 'a.yml:1:1: wrong', 'a.yml:1:1: wrong\nerror: the config has mistakes (config_invalid)\n', 1],
  ['listen_failed', 'cannot listen on :1', 'error: cannot listen on :1 (listen_failed)\n', 1],
  ['unreachable', 'nobody there', 'error: nobody there (unreachable)\n', 1],
  ['usage', 'not like this', 'error: not like this\n', 2],
] as const)('a refusal is one sentence and an exit code: %s', async (code, message, says, exit) => {
  const refusing = async () => {
    throw new OutriderError(code, message);
  };
  expect(await type(['run'], {}, { run: refusing })).toMatchObject({ code: exit, out: '', err: says });
});
