import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { buildImage, type Image, type RunningImage } from '../support/image.ts';
import { until } from '../support/wait.ts';

let image: Image;
beforeAll(async () => {
  image = await buildImage();
});
afterAll(() => image?.[Symbol.asyncDispose]());

const CONFIG = `service: shop
startup_grace: 0s
defaults: { interval: 1s, timeout: 900ms }
targets:
  - { name: api, type: http, url: "http://127.0.0.1:7000/health" }
notify:
  hook: { type: webhook, url: "http://127.0.0.1:7000/hook" }
`;
/** No right that there is to take away. */
const BARE = ['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
/** A volume of 16 MB, which the test may fill. */
const SMALL = ['--tmpfs', '/data:size=16m', '--env', 'OUTRIDER_STORE=sqlite:/data/outrider.db'];

/** An API in the container that is well until it is asked for /fail, and counts what is posted to it. */
const API = `let ok = true, told = 0;
  require('node:http').createServer((q, r) => {
    if (q.url === '/fail') ok = false;
    if (q.method === 'POST') told += 1;
    r.statusCode = q.url === '/health' && !ok ? 503 : 200;
    r.end(String(told));
  }).listen(7000, '127.0.0.1');`;

const get = (container: RunningImage, url: string): Promise<string> =>
  container.node(`fetch('${url}').then((r) => r.text()).then((t) => process.stdout.write(t), () => {})`);
const ask = (container: RunningImage, path: string): Promise<string> => get(container, `http://127.0.0.1:9875${path}`);
const isReady = (container: RunningImage) =>
  until('it is ready', async () => (await ask(container, '/-/ready')).includes('ready') || undefined, 60_000);
const says = (container: RunningImage, pattern: RegExp) =>
  until(`it says ${pattern}`, async () => pattern.exec(await container.logs()) ?? undefined, 30_000);

/** What a process may do, as the kernel sees process 1 and the file system. */
const RIGHTS = `const fs = require('node:fs');
  const status = fs.readFileSync('/proc/1/status', 'utf8');
  const line = (name) => status.match(new RegExp(name + ':\\\\s+(\\\\S+)'))[1];
  const write = (path) => { try { fs.writeFileSync(path, ''); return 'writable'; } catch (error) { return error.code; } };
  console.log(JSON.stringify({ uid: line('Uid'), caps: line('CapBnd'), app: write('/app/x'), etc: write('/etc/outrider/x'),
    kept: fs.existsSync('/var/lib/outrider/outrider.db') }));`;

describe.each([
  { who: 'as it is', uid: '65532', options: [] },
  { who: 'as another user', uid: '1234', options: ['--user', '1234'] },
])('run $who, read-only and without a capability', ({ uid, options }) => {
  it('watches, keeps its store, reads its config again on SIGHUP, and ends with 0 on SIGTERM', async () => {
    await using container = await image.start(CONFIG, ...BARE, ...options);
    await isReady(container);
    expect(JSON.parse(await container.node(RIGHTS))).toEqual({
      uid,
      caps: '0000000000000000',
      app: 'EROFS',
      etc: 'EROFS',
      kept: true,
    });
    await container.docker('kill', '--signal', 'HUP');
    await says(container, /config reloaded/);
    const begun = performance.now();
    await container.docker('stop', '--time', '20');
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect((await container.inspect()).State).toMatchObject({ Running: false, ExitCode: 0 });
    expect(await container.logs()).not.toMatch(/"level":"?(50|error)|store.*(fail|cannot)/i);
  });
});

it('says whether it is well without curl or a shell', async () => {
  await using container = await image.start(CONFIG, ...BARE);
  await isReady(container);
  expect((await container.inspect()).Config.Healthcheck?.Test).toEqual(['CMD', 'node', '/app/bin/healthcheck.js']);
  const check = `process.exitCode = 0;
    const { spawnSync } = require('node:child_process');
    const code = (env) => spawnSync('node', ['/app/bin/healthcheck.js'], { env: { ...process.env, ...env } }).status;
    console.log(code({}), code({ OUTRIDER_LISTEN: '127.0.0.1:1' }));`;
  expect(await container.node(check)).toBe('0 1');
});

it('goes on watching and telling when its volume is full', async () => {
  await using container = await image.start(CONFIG, ...BARE, ...SMALL);
  await isReady(container);
  await container.begin(API);
  const up = async () => (await ask(container, '/api/v1/targets')).includes('"status":"up"') || undefined;
  await until('the API is up', up, 30_000);
  const fill = `const fs = require('node:fs'); const file = fs.openSync('/data/other', 'w');
    let code; while (code === undefined) try { fs.writeSync(file, Buffer.alloc(4096)); } catch (error) { code = error.code; }
    console.log(code);`;
  expect(await container.node(fill)).toBe('ENOSPC');
  await get(container, 'http://127.0.0.1:7000/fail');
  const firing = async () => /"alertname":"HttpDown"[^}]*/.exec(await ask(container, '/api/v1/alerts')) ?? undefined;
  await until('the alert fires', firing, 30_000);
  const told = async () => Number(await get(container, 'http://127.0.0.1:7000/')) > 0 || undefined;
  await until('the receiver is told', told, 30_000);
  expect(await ask(container, '/-/healthy')).toContain('healthy');
  await container.docker('stop', '--time', '20');
  expect((await container.inspect()).State).toMatchObject({ Running: false, ExitCode: 0 });
});

describe('what is in it', () => {
  interface Sbom {
    readonly bomFormat: string;
    readonly metadata: { readonly component: { readonly name: string; readonly version: string } };
    readonly components: readonly { readonly purl: string }[];
  }
  const READ = `const fs = require('node:fs'); const path = require('node:path');
    const size = (folder) => fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile())
      .reduce((sum, e) => sum + fs.statSync(path.join(e.parentPath, e.name)).size, 0);
    const tools = ['/usr/local/bin/npm', '/usr/local/bin/npx', '/usr/local/lib/node_modules', '/app/src', '/app/test', '/app/node_modules/typescript'];
    console.log(JSON.stringify({ megabytes: size('/app') / 1e6, tools: tools.filter((tool) => fs.existsSync(tool)),
      installed: fs.readdirSync('/app/node_modules', { recursive: true }).filter((p) => /^(.*node_modules\\/)?(@[^/]+\\/)?[^/@]+\\/package.json$/.test(p))
        .map((p) => JSON.parse(fs.readFileSync('/app/node_modules/' + p))).map((p) => 'pkg:npm/' + p.name.replace('@', '%40') + '@' + p.version),
      shared: fs.readdirSync('/usr/share/outrider').toSorted(),
      sbom: JSON.parse(fs.readFileSync('/usr/share/outrider/sbom.cdx.json', 'utf8')) }));`;
  let held: {
    readonly megabytes: number;
    readonly tools: readonly string[];
    readonly shared: readonly string[];
    readonly installed: readonly string[];
    readonly sbom: Sbom;
  };
  /** An alias is the package that it stands for. */
  const wanted = Object.entries(manifest.dependencies).map(([name, version]) => {
    const [, stands] = /^npm:(.+)@/.exec(version) ?? [];
    return `pkg:npm/${(stands ?? name).replace('@', '%40')}`;
  });
  beforeAll(async () => {
    await using container = await image.start(CONFIG, ...BARE);
    held = JSON.parse(await container.node(READ)) as typeof held;
  });

  it('is less than 25 MB beside Node, and nothing that builds or installs', () => {
    expect(held.tools).toEqual([]);
    expect(held.megabytes).toBeLessThan(25);
    expect(held.shared).toEqual(['alerts', 'dashboards', 'sbom.cdx.json']);
  });

  it('is listed in an SBOM: every package that is in it, and no other', () => {
    expect(held.sbom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { version: manifest.version } } });
    expect(held.sbom.components.map(({ purl }) => purl).toSorted()).toEqual(held.installed.toSorted());
    expect(held.installed.map((purl) => purl.replace(/@[^@]*$/, ''))).toEqual(expect.arrayContaining(wanted));
  });
});
