import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { outrider, ROOT } from '../smoke/command.ts';
import { startDaemon } from '../smoke/daemon.ts';
import { type ConfigFolder, configFolder } from '../support/config-folder.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { type InstalledPackage, installNode, installPackage } from '../support/package.ts';
import { until } from '../support/wait.ts';

let installed: InstalledPackage;
beforeAll(async () => {
  installed = await installPackage();
});
afterAll(() => installed?.[Symbol.asyncDispose]());

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('the package', () => {
  const inPackage = () => filesIn(installed.path).map((file) => file.slice(installed.path.length + 1));

  it('holds what is run and what is copied from it, and nothing else', () => {
    const first = new Set(inPackage().map((file) => file.split('/')[0]));
    const may = ['alerts', 'bin', 'CHANGELOG.md', 'config', 'dashboards', 'dist', 'LICENSE', 'package.json'];
    const all = [...may, 'README.md', 'docker-compose.sidecar.yml', 'systemd'];
    expect([...first].filter((name) => !all.includes(name ?? ''))).toEqual([]);
    expect(inPackage()).toEqual(
      expect.arrayContaining([
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        'bin/outrider.js',
        'dist/main.js',
        'config/outrider.yml',
        'config/outrider.schema.json',
        'docker-compose.sidecar.yml',
        'systemd/outrider.service',
      ]),
    );
    expect(
      inPackage().filter((file) => /\.ts$|\.map$|\.test\.|\.npmrc|\.env|config\/compose|\/tests\//.test(file)),
    ).toEqual([]);
  });

  it('is small: under 1 MB packed, 4 MB installed without its dependencies', () => {
    expect(statSync(installed.tarball).size).toBeLessThan(1_000_000);
    const bytes = filesIn(installed.path).reduce((sum, file) => sum + statSync(file).size, 0);
    expect(bytes).toBeLessThan(4_000_000);
  });

  it('names no place on the machine that built it, no registry, and no secret', () => {
    const told = filesIn(installed.path).filter((file) => {
      const text = readFileSync(file, 'utf8');
      return (
        text.includes(ROOT) || /BEGIN [A-Z ]*PRIVATE KEY|\botr_[A-Za-z0-9]{32}|registry\.npmjs|_authToken/.test(text)
      );
    });
    expect(told).toEqual([]);
  });

  it('imports only what installs with it', () => {
    const specifier = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*'([@a-z][\w./@-]*)'/g;
    const names = new Set(
      filesIn(join(installed.path, 'dist'))
        .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(specifier)].map(([, name = '']) => name))
        .filter((name) => !isBuiltin(name))
        .map((name) =>
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        ),
    );
    expect(names.size).toBeGreaterThan(10);
    expect([...names].filter((name) => !Object.keys(manifest.dependencies).includes(name))).toEqual([]);
  });

  it('brings nothing that runs when it is installed, and nothing native', () => {
    const lock = readFileSync(join(installed.folder, 'node_modules', '.package-lock.json'), 'utf8');
    expect(lock).not.toContain('hasInstallScript');
    expect(filesIn(join(installed.folder, 'node_modules')).filter((file) => file.endsWith('.node'))).toEqual([]);
  });
});

/** The oldest that `engines` names, and the one that this project is developed on. */
const OLDEST = /\d+\.\d+\.\d+/.exec(manifest.engines.node)?.[0] ?? '';

describe.each([OLDEST, manifest.devDependencies.node])('with Node %s the installed package', (version) => {
  let node: string;
  let folder: ConfigFolder;
  let server: HttpServer;
  const ending = new AsyncDisposableStack();
  beforeAll(async () => {
    node = ending.use(await installNode(version)).node;
    folder = ending.use(configFolder());
    server = ending.use(await startHttpServer((_request, response) => response.end('{"status":"healthy"}')));
    folder.write(
      'outrider.yml',
      `service: shop
startup_grace: 0s
defaults: { interval: 1s, timeout: 900ms }
targets:
  - { name: api, type: http, url: "http://127.0.0.1:${server.port}/", expect: { json: { "$.status": healthy } } }
  - { name: database, type: postgres, url: "postgres://app:pa55word@127.0.0.1:1/shop" }
  - { name: cache, type: redis, url: "redis://127.0.0.1:1" }
  - { name: jobs, type: kafka, brokers: ["127.0.0.1:1"] }
`,
    );
  });
  afterAll(() => ending.disposeAsync());
  const options = () => ({ node, bin: installed.bin, cwd: folder.path });

  it('is started by npx', async () => {
    expect(execFileSync(node, ['-p', 'process.versions.node']).toString().trim()).toBe(version);
    expect(await installed.npx(node, '--version')).toBe(`outrider ${manifest.version} (Node ${version})\n`);
  });

  it('checks a config', async () => {
    const { code, stdout, stderr } = await outrider(['check', '-c', 'outrider.yml'], options());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('4 targets');
    folder.write('bad.yml', 'service: shop\ntargets: [{ name: api, type: htp }]\n');
    const bad = await outrider(['check', '-c', 'bad.yml'], options());
    expect(bad.code).toBe(1);
    expect(bad.stdout + bad.stderr).toContain('bad.yml:2:');
  });

  it('probes once', async () => {
    const up = await outrider(['probe', '-c', 'outrider.yml', 'api', '--json'], options());
    expect({ code: up.code, stderr: up.stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(up.stdout)).toMatchObject({ outcome: 'up' });
    for (const name of ['database', 'cache', 'jobs']) {
      const down = await outrider(['probe', '-c', 'outrider.yml', name, '--json'], options());
      expect(down.code).toBe(1);
      expect(JSON.parse(down.stdout)).toMatchObject({ outcome: 'down', reason: 'refused' });
    }
  });

  it('runs the daemon with its store, answers Prometheus, and ends with exit code 0', async () => {
    const store = `sqlite:${join(folder.path, 'data', `${version}.db`)}`;
    await using daemon = await startDaemon(['-c', 'outrider.yml', '--store', store], options());
    const { value } = await until('every target is judged', async () => {
      const text = await (await fetch(`http://127.0.0.1:${daemon.port}/metrics`)).text();
      const judged = text.split('\n').filter((line) => line.startsWith('outrider_target_up{'));
      return judged.length === 4 ? judged.toSorted() : undefined;
    });
    expect(value.map((line) => /target="(\w+)".* (\d)$/.exec(line)?.slice(1))).toEqual(
      expect.arrayContaining([['api', '1']]),
    );
    expect(daemon.stderr()).not.toMatch(/level=error|Warning/);
    expect((await daemon.end('SIGTERM')).code).toBe(0);
    expect(statSync(join(folder.path, 'data', `${version}.db`)).size).toBeGreaterThan(0);
  });
});
