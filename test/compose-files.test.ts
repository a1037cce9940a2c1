import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { wrongBy } from './support/published-schema.ts';

const ROOT = join(import.meta.dirname, '..');

interface Service {
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly healthcheck?: object;
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly cpus?: number;
}
interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const FILES = ['docker-compose.yml', 'docker-compose.sidecar.yml'];
const read = (file: string): ComposeFile =>
  parse(readFileSync(join(ROOT, file), 'utf8'), { merge: true }) as ComposeFile;
/** The published schema of the compose specification: unknown keys are refused. */
const wrong = wrongBy('compose-spec');
const ours = new Set(['outrider', 'shop', 'worker']);

describe.each(FILES)('%s', (name) => {
  const file = read(name);
  const services = Object.entries(file.services);

  it('is what the compose specification says', () => {
    expect(wrong(file)).toEqual([]);
  });

  it('would be refused with a key that there is not, or one in a wrong place', () => {
    const outrider = file.services['outrider'];
    const misspelt = { ...file, services: { outrider: { ...outrider, readonly: true } } };
    expect(wrong(misspelt).join()).toContain('readonly');
    expect(wrong({ ...file, services: { outrider: { ...outrider, cap_drop: 'ALL' } } })).not.toEqual([]);
  });

  it.each(services)('%s may take no more than it is given', (_name, service) => {
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
    expect(service.cpus).toBeGreaterThan(0);
    expect(service.security_opt).toContain('no-new-privileges:true');
  });

  it.each(services.filter(([service]) => ours.has(service)))('%s has no right at all', (_name, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  });

  it('publishes ports on loopback alone', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('gives Outrider its config as a folder, a volume for its store, and secrets as files', () => {
    const outrider = file.services['outrider'];
    expect(outrider?.environment).toBeUndefined();
    expect(outrider?.volumes).toContainEqual(expect.stringMatching(/^\.\/[\w/]+:\/etc\/outrider:ro$/));
    expect(outrider?.volumes).toContain('outrider:/var/lib/outrider');
    expect(outrider?.secrets?.length).toBeGreaterThan(0);
    for (const secret of outrider?.secrets ?? []) expect(file.secrets[secret]?.file).toBeDefined();
  });

  it('names every volume and secret that its services use', () => {
    const named = services
      .flatMap(([, service]) => service.volumes ?? [])
      .map((volume) => volume.split(':')[0] ?? '')
      .filter((source) => !source.startsWith('.'));
    expect(named.toSorted()).toEqual(Object.keys(file.volumes).toSorted());
    const secrets = services.flatMap(([, service]) => service.secrets ?? []);
    expect(secrets.toSorted()).toEqual(Object.keys(file.secrets).toSorted());
  });
});

describe('docker-compose.yml', () => {
  const file = read('docker-compose.yml');

  it('has a health check for every service, in the file or in its image', () => {
    const without = Object.entries(file.services).filter(([, service]) => service.healthcheck === undefined);
    // Its image has one.
    expect(without.map(([name]) => name)).toEqual(['outrider']);
  });

  it('mounts only what is in the repository', () => {
    const sources = Object.values(file.services).flatMap((service) => service.volumes ?? []);
    const paths = [
      ...sources.map((volume) => volume.split(':')[0] ?? '').filter((source) => source.startsWith('.')),
      ...Object.values(file.secrets).map((secret) => secret.file),
    ];
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
