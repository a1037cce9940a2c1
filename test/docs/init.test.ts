import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BIN, ROOT, shellEnvironment } from '../smoke/command.ts';
import { type ConfigFolder, configFolder } from '../support/config-folder.ts';

const PAGE = readFileSync(join(ROOT, 'docs/init.md'), 'utf8');
const blocks = (info: string): readonly string[] =>
  [...PAGE.matchAll(/^```(\S[^\n]*)\n(.*?)^```$/gms)].flatMap(([, kind, body = '']) => (kind === info ? [body] : []));

describe('docs/init.md', () => {
  let folder: ConfigFolder;
  let shell: (line: string) => { readonly code: number | null; readonly stdout: string; readonly stderr: string };
  beforeAll(() => {
    folder = configFolder();
    folder.write('docker-compose.yml', `name: shop\n${blocks('yaml')[0] ?? ''}`);
    folder.write('outrider', `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`, 0o700);
    shell = (line) => {
      const { status, stdout, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', line], {
        cwd: folder.path,
        env: { ...shellEnvironment(), PATH: `${folder.path}:${process.env['PATH']}` },
        encoding: 'utf8',
      });
      return { code: status, stdout, stderr };
    };
  });
  afterAll(() => folder[Symbol.dispose]());

  it('shows what becomes of its compose file, and what is said of it', () => {
    const [first = ''] = blocks('sh run');
    const [init = '', check = ''] = first.trimEnd().split('\n');
    const made = shell(init);
    expect(made).toEqual({ code: 0, stdout: '', stderr: blocks('text')[0] });
    expect(readFileSync(join(folder.path, 'config', 'outrider.yml'), 'utf8')).toBe(blocks('yaml')[1]);
    const checked = shell(check);
    expect({ code: checked.code, said: checked.stdout }).toMatchObject({ code: 0 });
    expect(checked.stdout).toContain('good: 5 targets (3 http, 1 postgres, 1 redis), 1 receiver');
  });

  it('shows what becomes of the environment', () => {
    const [, second = ''] = blocks('sh run');
    expect(shell(second.trimEnd())).toMatchObject({ code: 0, stdout: blocks('text')[1] });
  });
});
