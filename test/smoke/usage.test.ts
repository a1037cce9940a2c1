import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { outrider } from './command.ts';

const SLOW = { timeout: 30_000 };

describe.concurrent('the real program', SLOW, () => {
  it('says its version on stdout, with the Node that runs it', async () => {
    expect(await outrider(['--version'])).toEqual({
      code: 0,
      stdout: `outrider ${manifest.version} (Node ${process.versions.node})\n`,
      stderr: '',
    });
  });

  it('says how it is used on stdout', async () => {
    const { code, stdout, stderr } = await outrider(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: outrider \[options\] \[command\]\n/);
  });
});

const LOUD =
  "error: option '--log-level <level>' argument 'loud' is invalid. Allowed choices are debug, info, warn, error.";
const PLAIN_ONLY = 'error: --web.config.file: the web server has neither TLS nor passwords yet;';

describe.concurrent('wrong usage is exit 2 and said once on stderr', SLOW, () => {
  it.each([
    ['an unknown command', ['chek'], {}, 'error: there is no command "chek"; did you mean "check"?'],
    ['an unknown option', ['run', '--lisen', 'x'], {}, "error: unknown option '--lisen'"],
    ['an invalid choice', ['--log-level', 'loud'], {}, LOUD],
    ['an address that is none', ['--listen', 'here'], {}, 'error: --listen: expected host:port, got "here"'],
    ['Prometheus’ web config', ['--web.config.file', 'web.yml'], {}, PLAIN_ONLY],
    [
      'an invalid level in the environment',
      [],
      { OUTRIDER_LOG_LEVEL: 'loud' },
      'error: OUTRIDER_LOG_LEVEL: expected one of debug, info, warn, error, got "loud"',
    ],
  ])('%s', async (_, args, env, says) => {
    const { code, stdout, stderr } = await outrider(args, { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split(says)).toHaveLength(2);
    expect(stderr).not.toContain('    at ');
  });
});
