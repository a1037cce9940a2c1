import { afterAll, describe, expect, it } from 'vitest';
import { configFolder } from '../support/config-folder.ts';
import { type Typed, type } from './terminal.ts';

const folder = configFolder();
afterAll(() => folder[Symbol.dispose]());

const GOOD = `
service: shop
listen: "[::1]:9000"
targets:
  - { name: api, type: http, url: "http://api.example/", builtin_alerts: down }
  - { name: web, type: http, url: "http://web.example/", builtin_alerts: down }
  - { name: cache, type: redis, url: "redis://cache.example", builtin_alerts: down }
notify:
  alertmanager: { urls: ["http://alertmanager.example:9093"] }
`;
const good = folder.write('good.yml', GOOD);

/** A line of the table of what is in force, its columns apart. */
const row = ({ out }: Typed, name: string): readonly string[] =>
  out
    .split('\n')
    .find((line) => line.startsWith(`  ${name} `))
    ?.trim()
    .split(/ {2,}/) ?? [];

/** Without what depends on whether this runs in a container. */
const lines = ({ out }: Typed): readonly string[] => out.split('\n').filter((line) => !line.includes('loopback'));

describe('a good config', () => {
  it('is counted', async () => {
    const typed = await type(['check', '-c', good, '--listen', ':1']);
    expect(typed).toMatchObject({ code: 0, err: '' });
    expect(lines(typed)[0]).toBe('good: 3 targets (2 http, 1 redis), 1 receiver, 0 warnings');
  });

  it('is told with its warnings', async () => {
    const odd = folder.write('odd.yml', 'service: shop\ntimezone: Europe/Berlin\ntargets: []\n');
    const typed = await type(['check', '-c', odd, '--listen', ':1']);
    expect(typed.code).toBe(0);
    expect(lines(typed).slice(0, 3)).toEqual([
      `warning: ${odd}:3:10: targets: nothing is probed: there is no target`,
      'warning: accepted and checked, but not acted on yet: timezone',
      'good: 0 targets, 0 receivers, 2 warnings',
    ]);
  });

  it('is told with what is in force, and what has decided it', async () => {
    const env = { OUTRIDER_LOG_LEVEL: 'warn', OUTRIDER_DEFAULT_STORE: 'sqlite:/var/lib/outrider.db' };
    const typed = await type(['check', '-c', good, '--log.format', 'json'], env);
    expect(row(typed, 'config')).toEqual(['config', good, '--config']);
    expect(row(typed, 'listen')).toEqual(['listen', '[::1]:9000', 'the config file']);
    expect(row(typed, 'store')).toEqual(['store', 'sqlite:/var/lib/outrider.db', 'OUTRIDER_DEFAULT_STORE']);
    expect(row(typed, 'log-level')).toEqual(['log-level', 'warn', 'OUTRIDER_LOG_LEVEL']);
    expect(row(typed, 'log-format')).toEqual(['log-format', 'json', '--log-format']);
  });

  it('shows no password of a store', async () => {
    const typed = await type([
      'check',
      '-c',
      good,
      '--store',
      'postgres://app:hunter22@db.example/outrider?password=x',
    ]);
    expect(row(typed, 'store')).toEqual(['store', 'postgres://db.example/outrider', '--store']);
  });

  it.each([
    ['127.0.0.1:1', true],
    ['localhost:1', true],
    ['[::1]:1', true],
    ['0.0.0.0:1', false],
    [':1', false],
    ['10.0.0.5:1', false],
  ])('in a container, listening on %s: a warning is %s', async (listen, warns) => {
    const { out } = await type(['check', '-c', good, '--listen', listen], { KUBERNETES_SERVICE_HOST: '10.96.0.1' });
    expect(out.includes(`warning: ${listen} is loopback: nobody outside this container can reach it`)).toBe(warns);
  });

  it('may stand in several files, later ones over earlier ones', async () => {
    const other = folder.write('other.yml', 'targets: [{ name: web, interval: 5s }]\nlisten: 127.0.0.2:80\n');
    const typed = await type(['check', '-c', good, '-c', other]);
    expect(typed.out).toContain('good: 3 targets (2 http, 1 redis), 1 receiver, ');
    expect(row(typed, 'listen')).toEqual(['listen', '127.0.0.2:80', 'the config file']);
  });
});

describe('--explain', () => {
  const explained = folder.write(
    'explained.yml',
    [
      'service: shop',
      'labels: { team: core }',
      'defaults:',
      '  interval: 20s',
      '  types: { http: { timeout: 30s } }',
      '  alerts: [{ name: "*Slow", severity: P1 }, { name: HttpFailing, enabled: false }]',
      'targets:',
      '  - name: api',
      '    type: http',
      '    url: "http://api.example/?key=hunter22"',
      '    interval: 10s',
      '    depends_on: [{ name: web, soft: true }]',
      '    alerts: [{ name: HttpSlow, for: 2m, raise: [{ after: 10m, severity: P0 }] }]',
      '  - { name: web, type: http, url: "http://web.example/", builtin_alerts: down, critical: false }',
    ].join('\n'),
  );
  const explain = async (target: string) => {
    const typed = await type(['check', '-c', explained, '--explain', target]);
    const rows = typed.out.split('\n').map((line) => line.split(/ {2,}/));
    return { ...typed, rows };
  };

  it('tells each value that is in force, and the key and place that give it', async () => {
    const { code, rows, err, out } = await explain('api');
    expect([code, err, rows[0]]).toEqual([0, '', ['api (http)']]);
    expect(rows).toEqual(
      expect.arrayContaining([
        ['interval', '10s', 'targets[api].interval', `${explained}:11:5`],
        ['timeout', '10s', 'defaults.types.http.timeout, at most the interval', `${explained}:5:20`],
        ['confirm', '1', 'built-in'],
        ['startup_grace', '1m', 'built-in'],
        ['depends_on', 'web (soft)', 'targets[api].depends_on', `${explained}:12:5`],
        ['labels.team', 'core', 'labels.team', `${explained}:2:11`],
      ]),
    );
    expect(out).not.toContain('hunter22');
  });

  it('tells of each alert what it is made of, and of each that is off what turns it off', async () => {
    const { rows } = await explain('api');
    const at = rows.findIndex(([name]) => name === 'HttpSlow');
    expect(rows.slice(at, at + 4)).toEqual([
      ['HttpSlow', 'when', 'p95(duration) over 15m > 1s', 'built-in'],
      ['', 'for', '2m', 'targets[api].alerts[HttpSlow].for', `${explained}:13:32`],
      ['', 'severity', 'P1', 'defaults.alerts[*Slow].severity', `${explained}:6:29`],
      ['', 'raise', 'P0 after 10m', 'targets[api].alerts[HttpSlow].raise', `${explained}:13:41`],
    ]);
    expect(rows).toContainEqual(['HttpFailing', 'off', 'defaults.alerts[HttpFailing].enabled', `${explained}:6:66`]);
    const { rows: ofWeb } = await explain('web');
    expect(ofWeb).toContainEqual(['HttpSlow', 'off', 'targets[web].builtin_alerts', `${explained}:14:58`]);
    expect(ofWeb).toContainEqual(['', 'severity', 'P2', 'built-in, by critical']);
  });

  it('of a target that there is not is wrong usage', async () => {
    expect(await explain('wep')).toMatchObject({
      code: 2,
      out: '',
      err: `error: --explain: ${explained} has no target "wep"; did you mean "web"?\n`,
    });
  });
});

describe('a bad config', () => {
  const bad = folder.write(
    'bad.yml',
    'service: shop\nlisen: :1\ntargets:\n  - { name: api, type: http, url: "http://api", interval: 15 }\n',
  );

  it('is every mistake with its place as the answer, and their number beside it', async () => {
    expect(await type(['check', '-c', bad])).toMatchObject({
      code: 1,
      out: [
        `${bad}:2:1: lisen: unknown key; did you mean "listen"?`,
        `${bad}:4:59: targets[api].interval: a duration needs a unit: write "15s"`,
        '',
      ].join('\n'),
      err: `2 mistakes in ${bad}\n`,
    });
  });

  it('is found whether -c stands before or behind the command', async () => {
    const [before, behind] = [await type(['-c', bad, 'check']), await type(['check', '-c', bad])];
    expect(before).toEqual(behind);
  });

  it('may be a file that is not there', async () => {
    expect(await type(['check', '-c', '/nowhere/outrider.yml'])).toMatchObject({
      code: 1,
      out: '/nowhere/outrider.yml:1:1: the file does not exist\n',
      err: '1 mistake in /nowhere/outrider.yml\n',
    });
  });

  it('has its places stand out where somebody looks', async () => {
    const { out } = await type(['check', '-c', bad], {}, { style: (style, text) => `<${style}>${text}</>` });
    expect(out).toContain(`<bold>${bad}:2:1:</> lisen: unknown key`);
  });
});
