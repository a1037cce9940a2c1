import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { configFolder } from './support/config-folder.ts';

const ROOT = join(import.meta.dirname, '..');
const unit = readFileSync(join(ROOT, 'systemd/outrider.service'), 'utf8');
const install = readFileSync(join(ROOT, 'docs/install.md'), 'utf8');

/** What a key is set to, in its order: a later one adds to a list or replaces a value. */
const valuesOf = (key: string): readonly string[] =>
  [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);

describe('the systemd unit', () => {
  it('runs the command of the package where docs/install.md installs it', () => {
    const [folder = ''] = /--prefix (\S+)/.exec(install)?.slice(1) ?? [];
    expect(valuesOf('ExecStart')).toEqual([`${folder}/node_modules/.bin/${Object.keys(manifest.bin)[0]} run`]);
    expect(install).toContain(`${folder}/node_modules/${manifest.name}/systemd/outrider.service`);
    expect(manifest.files).toContain('systemd');
  });

  it('has its config and store where they survive it, by defaults that a flag and the file win over', () => {
    expect(valuesOf('Environment')).toEqual([
      'NODE_ENV=production',
      'OUTRIDER_DEFAULT_CONFIG=/etc/outrider/outrider.yml',
      'OUTRIDER_DEFAULT_STORE=sqlite:/var/lib/outrider/outrider.db',
    ]);
    expect([valuesOf('StateDirectory'), valuesOf('StateDirectoryMode')]).toEqual([['outrider'], ['0700']]);
  });

  it('is started again whenever it ends, and gets the time that a stop takes', () => {
    expect([valuesOf('Restart'), valuesOf('StartLimitIntervalSec')]).toEqual([['always'], ['0']]);
    expect(Number.parseInt(valuesOf('TimeoutStopSec')[0] ?? '', 10)).toBeGreaterThan(5);
  });

  it.each([
    ['DynamicUser', 'yes'],
    ['ProtectSystem', 'strict'],
    ['ProtectHome', 'yes'],
    ['NoNewPrivileges', 'yes'],
    ['CapabilityBoundingSet', ''],
    ['UMask', '0077'],
    ['MemoryMax', '512M'],
    ['LimitCORE', '0'],
  ])('%s=%s', (key, value) => {
    expect(valuesOf(key)).toEqual([value]);
  });
});

/** Debian's package `systemd` has it; it needs no running systemd. */
const ANALYZE = '/usr/bin/systemd-analyze';

describe.runIf(existsSync(ANALYZE))('systemd itself says that the unit', () => {
  it('has no mistake', () => {
    using folder = configFolder();
    const bin = folder.write('outrider', '#!/bin/sh\n', 0o755);
    const file = folder.write('outrider.service', unit.replace(/^(ExecStart=)\S+/m, `$1${bin}`));
    expect(execFileSync(ANALYZE, ['verify', '--man=no', file], { encoding: 'utf8', stdio: 'pipe' })).toBe('');
  });

  it('would be found to have one', () => {
    using folder = configFolder();
    const file = folder.write('outrider.service', unit.replace(/^ExecStart=/m, 'ExecStartt='));
    expect(() => execFileSync(ANALYZE, ['verify', '--man=no', file], { stdio: 'pipe' })).toThrow(/ExecStart/);
  });

  it('is exposed by 1.5 at most, of 10', () => {
    using folder = configFolder();
    const file = folder.write('outrider.service', unit);
    execFileSync(ANALYZE, ['security', '--offline=yes', '--threshold=15', '--no-pager', file], { stdio: 'pipe' });
  });
});
