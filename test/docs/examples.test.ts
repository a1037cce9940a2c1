import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problems.ts';
import { probeTypes } from '../../src/probe/registry.ts';
import { type } from '../cli/terminal.ts';
import { BIN, ROOT, shellEnvironment } from '../smoke/command.ts';
import { type Daemon, startDaemon } from '../smoke/daemon.ts';
import { type ConfigFolder, configFolder } from '../support/config-folder.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { until } from '../support/wait.ts';

const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');
const COMMANDS = textOf('docs/commands.md');

interface Block {
  /** What stands behind the opening fence: `yaml`, `sh run`. */
  readonly info: string;
  readonly body: string;
}

const blocksOf = (text: string): readonly Block[] =>
  [...text.matchAll(/^```(\S[^\n]*)\n(.*?)^```$/gms)].map(([, info = '', body = '']) => ({ info, body }));

/** A whole config names what is watched and what is probed; anything else is a fragment, and is left out. */
const isWhole = ({ info, body }: Block): boolean =>
  info === 'yaml' && /^service:/m.test(body) && /^targets:/m.test(body);

/** Values that fit where a page's variables stand, by what they are called. */
function exampleOf(name: string): string {
  if (/DATABASE|POSTGRES/.test(name)) return 'postgres://app:pa55word@database.example/shop';
  if (/REDIS|CACHE/.test(name)) return 'redis://cache.example';
  return /URL/.test(name) ? 'https://service.example' : `value-of-${name.toLowerCase()}`;
}

describe('a whole config on a page is good', () => {
  const configs = PAGES.flatMap((page) =>
    blocksOf(textOf(page))
      .filter(isWhole)
      .map(({ body }, index) => ({ page, number: index + 1, body })),
  );

  it('there are some', () => {
    expect(configs.map(({ page }) => page)).toEqual(expect.arrayContaining(['README.md', 'docs/commands.md']));
  });

  it.each(configs)('$page, number $number', async ({ body }) => {
    using folder = configFolder();
    const text = body.replaceAll(/\$\{file:[^}]*?([^/}]*)\}/g, (_, name: string) => {
      const value = name.endsWith('_url') ? exampleOf(name.toUpperCase()) : 'a-secret-of-the-page';
      return `\${file:${folder.write(name, `${value}\n`)}}`;
    });
    const variables = [...text.matchAll(/\$\{([A-Z_][A-Z0-9_]*)/g)].map(
      ([, name = '']) => [name, exampleOf(name)] as const,
    );
    const loaded = await loadConfig({
      files: [folder.write('outrider.yml', text)],
      env: Object.fromEntries(variables),
    });
    expect(loaded.ok ? [] : loaded.problems.map(formatProblem)).toEqual([]);
  });
});

it.each(probeTypes.map(({ title }) => title))(
  'docs/probes.md tells what a probe of %s asks, needs and costs',
  (title) => {
    const [, section = ''] = textOf('docs/probes.md').split(new RegExp(`^## ${title}$`, 'm'));
    const [own = ''] = section.split(/^## /m);
    for (const word of ['**Asks**', '| down when | reason |', '**Needs**', '**Costs**']) expect(own).toContain(word);
  },
);

const TOKEN = 'otr_0123456789abcdef';
const urlOf = ({ port }: Daemon): string => `http://127.0.0.1:${port}`;

/** A block of commands, and the block of text behind it that says what is seen of them. */
const examples = blocksOf(COMMANDS).flatMap(({ info, body }, index, all) => {
  if (info !== 'sh run') return [];
  const next = all[index + 1];
  return [{ commands: body.trimEnd().split('\n'), seen: next?.info === 'text' ? next.body : '' }];
});

/** What differs from run to run is no part of an example: numbers with a fraction, bars, and how wide columns are. */
const comparable = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) =>
      line
        // First the ids: a part of one may look like a duration.
        .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '…')
        .replace(/^[0-9a-f]{8}\b/, '…')
        .replace(/\b\d+(\.\d+)? ms/g, '… ms')
        .replace(/\b(\d+[dhms])+\b/g, '…')
        .replace(/█/g, '')
        .replace(/ +/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '');

/** The lines of an example in their order; between them there may be others. */
function missing(shown: readonly string[], written: readonly string[]): readonly string[] {
  const left = [...shown];
  for (const line of written) if (line === left[0]) left.shift();
  return left;
}

/**
 * `sh run` blocks are run line by line in a folder with the page's `outrider.yml`, with a server on the page's 127.0.0.1:8080
 * and a daemon of that config.
 * A line ends in `# exit N` where N is not 0.
 */
describe('the examples of docs/commands.md do what the page says', { timeout: 60_000 }, () => {
  let folder: ConfigFolder;
  let server: HttpServer;
  let daemon: Daemon;
  beforeAll(async () => {
    server = await startHttpServer((request, response) => {
      if (request.url === '/health') response.end('{"status":"healthy"}');
      else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('nothing here');
    });
    folder = configFolder();
    folder.write('outrider', `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`, 0o700);
    const config = blocksOf(COMMANDS).find(isWhole)?.body ?? '';
    folder.write('outrider.yml', here(config));
    const options = { cwd: folder.path, env: { OUTRIDER_TOKEN: TOKEN } };
    daemon = await startDaemon(['-c', 'outrider.yml'], options);
    await until('the page’s targets are probed', async () => {
      const targets = (await (await fetch(`${urlOf(daemon)}/api/v1/targets`)).json()) as { readonly status: string }[];
      return targets.every(({ status }) => status !== 'unknown') || undefined;
    });
  });
  afterAll(async () => {
    await daemon[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  });

  const here = (text: string): string => text.replaceAll('127.0.0.1:8080', `127.0.0.1:${server.port}`);
  const there = (text: string): string => text.replaceAll(`127.0.0.1:${server.port}`, '127.0.0.1:8080');

  async function shell(line: string): Promise<{ readonly code: number; readonly written: string }> {
    const child = spawn('bash', ['-o', 'pipefail', '-c', here(line)], {
      cwd: folder.path,
      env: {
        ...shellEnvironment(),
        OUTRIDER_URL: urlOf(daemon),
        OUTRIDER_TOKEN: TOKEN,
        PATH: `${folder.path}:${process.env['PATH']}`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let written = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        written += text;
      });
    const [code] = (await once(child, 'close')) as [number];
    return { code, written: there(written) };
  }

  it('there are some', () => {
    expect(examples.length).toBeGreaterThan(5);
  });

  it.each(examples.map((example) => ({ ...example, first: example.commands[0] })))(
    '$first',
    async ({ commands, seen }) => {
      let all = '';
      for (const line of commands) {
        const { code, written } = await shell(line);
        expect({ line, code, written }).toMatchObject({ code: Number(/# exit (\d)$/.exec(line)?.[1] ?? 0) });
        all += written;
      }
      expect(missing(comparable(seen), comparable(all)), all).toEqual([]);
    },
  );
});

describe('docs/commands.md knows', () => {
  /** `--log-level` of `  --log-level <level>  …`. */
  const flagsIn = (help: string): readonly string[] =>
    [...help.matchAll(/^ {2}(?:-\w, )?(--[\w.-]+)/gm)].map(([, flag = '']) => flag);

  const commands = ['run', 'check', 'init', 'probe', 'rules', 'dashboards', 'status', 'alerts', 'deploy', 'schema'];
  const silence = ['silence add', 'silence list', 'silence expire'];
  it.each([...commands, ...silence])('every flag of %s', async (command) => {
    const words = command.split(' ');
    const { out } = await type([...words, '--help']);
    expect(COMMANDS).toContain(`\n## \`outrider ${words[0]}`);
    for (const flag of flagsIn(out)) expect(COMMANDS).toContain(flag);
  });

  it('no flag and no variable that does not exist', async () => {
    const helps = await Promise.all(
      ['', ...commands, ...silence].map(
        async (command) => (await type([...command.split(' '), '--help'].filter((word) => word !== ''))).out,
      ),
    );
    const flags = new Set(helps.flatMap(flagsIn));
    const written = new Set([...COMMANDS.matchAll(/(?<![\w-])--[a-z][\w.-]*/g)].map(([flag]) => flag));
    for (const flag of [...written].filter((name) => !flags.has(name))) {
      const { err } = await type(['run', `${flag}=info`]);
      expect(err, flag).not.toContain('unknown option');
    }
    const variables = new Set([...COMMANDS.matchAll(/OUTRIDER_(?!DEFAULT)\w+/g)].map(([name]) => name));
    const settings = [...flags].map((flag) => `OUTRIDER_${flag.slice(2).toUpperCase().replaceAll('-', '_')}`);
    for (const name of variables) expect(settings).toContain(name);
  });
});
