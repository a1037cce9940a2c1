import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { configFolder } from '../support/config-folder.ts';
import { outrider } from './command.ts';
import { startDaemon } from './daemon.ts';

const versionOf = (node: string): string => execFileSync(node, ['-p', 'process.versions.node']).toString().trim();

function runsTheSources(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 15);
}

/** This Node and the system's own ones, each with the version that does the work: its own, or that of the project's Node. */
const nodes = [process.execPath, ...['/usr/bin/node', '/usr/local/bin/node'].filter(existsSync)].map((node) => {
  const version = versionOf(node);
  return { node, version, works: runsTheSources(version) ? version : manifest.devDependencies.node };
});

const folder = configFolder();
afterAll(() => folder[Symbol.dispose]());

describe.each(nodes)('started by $node ($version)', { timeout: 60_000 }, ({ node, works }) => {
  it(`Node ${works} does the work`, async () => {
    const { code, stdout, stderr } = await outrider(['--version'], { node });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`outrider ${manifest.version} (Node ${works})\n`);
  });

  it('exit codes are passed on', async () => {
    expect((await outrider(['chek'], { node })).code).toBe(2);
    expect((await outrider(['check', '-c', '/nowhere.yml'], { node })).code).toBe(1);
  });

  it('signals are passed on, and the end is a clean one', async () => {
    const file = folder.write('outrider.yml', 'service: shop\ntargets: []\n');
    await using daemon = await startDaemon(['-c', file], { node });
    await daemon.signal('SIGHUP', 'config reloaded');
    const { code, tookMs } = await daemon.end('SIGTERM');
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5000);
  });
});
