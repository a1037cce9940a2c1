import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problems.ts';
import { ROOT } from '../smoke/command.ts';
import { configFolder } from '../support/config-folder.ts';
import { type Manifest, wrongWith } from '../support/manifest-schema.ts';

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface Container {
  readonly name: string;
  readonly ports?: readonly { readonly name: string }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly securityContext?: object;
  readonly resources?: { readonly limits?: object };
}
interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly secret?: { readonly secretName: string };
  readonly persistentVolumeClaim?: { readonly claimName: string };
}
type Labels = Readonly<Record<string, string>>;
interface Deployment extends Manifest {
  readonly spec: {
    readonly replicas: number;
    readonly strategy?: { readonly type: string };
    readonly selector: { readonly matchLabels: Labels };
    readonly template: {
      readonly metadata: { readonly labels: Labels };
      readonly spec: {
        readonly securityContext?: object;
        readonly containers: readonly Container[];
        readonly volumes: readonly Volume[];
      };
    };
  };
}
interface Service extends Manifest {
  readonly spec: {
    readonly selector: Labels;
    readonly ports: readonly { readonly name: string; readonly targetPort: string }[];
  };
}
interface ServiceMonitor extends Manifest {
  readonly spec: {
    readonly selector: { readonly matchLabels: Labels };
    readonly endpoints: readonly { readonly port: string }[];
  };
}
interface ConfigMap extends Manifest {
  readonly data: Readonly<Record<string, string>>;
}

const page = readFileSync(join(ROOT, 'docs/kubernetes.md'), 'utf8');
const manifests = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].flatMap(([, body = '']) =>
  parseAllDocuments(body).map((document) => document.toJS() as Manifest),
);
const ofKind = <T extends Manifest>(kind: string): readonly T[] =>
  manifests.filter((one): one is T => one.kind === kind);
const named = <T extends Manifest>(one: T): { readonly title: string; readonly one: T } => ({
  title: `${one.kind} ${one.metadata.name}`,
  one,
});

describe('an object of docs/kubernetes.md is what Kubernetes takes', () => {
  it('there are those that the page speaks of', () => {
    expect(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Secret outrider',
      'ConfigMap outrider',
      'PersistentVolumeClaim outrider',
      'Deployment outrider',
      'Service outrider',
      'ServiceMonitor outrider',
      'ConfigMap api-outrider',
      'Deployment api',
    ]);
  });

  it.each(manifests.map(named))('$title', ({ one }) => {
    expect(wrongWith(one)).toEqual([]);
  });

  it.each(manifests.map(named))('$title, and with a field that there is not it is refused', ({ one }) => {
    const unknown = expect.arrayContaining([expect.stringContaining('Unrecognized key')]);
    expect(wrongWith({ ...one, nothing: 1 } as Manifest)).toEqual(unknown);
    expect(wrongWith({ ...one, metadata: { ...one.metadata, nothing: 1 } } as Manifest)).toEqual(unknown);
  });

  it('a misspelt field deep within is found, and a number where a text belongs', () => {
    const text = JSON.stringify(ofKind<Deployment>('Deployment')[0]);
    const misspelt = JSON.parse(text.replace('readOnlyRootFilesystem', 'readonlyRootFilesystem')) as Manifest;
    expect(wrongWith(misspelt).join()).toContain('Unrecognized key: "readonlyRootFilesystem"');
    const number = JSON.parse(text.replace('"/-/ready"', '1')) as Manifest;
    expect(wrongWith(number).join()).toContain('readinessProbe.httpGet.path: Invalid input: expected string');
  });
});

describe('the config in a ConfigMap is good', () => {
  it.each(ofKind<ConfigMap>('ConfigMap').map(named))('$title', async ({ one }) => {
    using folder = configFolder();
    const secret = folder.write('secret', 'postgres://outrider:a-password@database:5432/shop\n');
    const text = one.data['outrider.yml']?.replaceAll(/\$\{file:[^}]*\}/g, `\${file:${secret}}`) ?? '';
    const loaded = await loadConfig({ files: [folder.write('outrider.yml', text)], env: { POD_NAME: 'api-5d9f-x2x' } });
    expect(loaded.ok ? loaded.warnings : loaded.problems.map(formatProblem)).toEqual([]);
  });

  it('its secrets are keys of a Secret that is mounted where it says', () => {
    const [secret] = ofKind<Manifest & { readonly stringData: Labels }>('Secret');
    const files = [...page.matchAll(/\$\{file:\/run\/secrets\/outrider\/(\w+)\}/g)].map(([, name]) => name);
    expect(files).toEqual(Object.keys(secret?.stringData ?? {}));
  });
});

describe.each(ofKind<Deployment>('Deployment').map(named))('$title', ({ one: { spec } }) => {
  const pod = spec.template.spec;
  const outrider = pod.containers.find(({ name }) => name === 'outrider');

  it('selects its own pods', () => {
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
  });

  it('mounts only volumes that it has, of objects on this page, and whole folders', () => {
    const mounts = pod.containers.flatMap(({ volumeMounts = [] }) => volumeMounts);
    expect(mounts.map(({ name }) => name).toSorted()).toEqual(pod.volumes.map(({ name }) => name).toSorted());
    expect(mounts.filter(({ subPath }) => subPath !== undefined)).toEqual([]);
    for (const { configMap, secret, persistentVolumeClaim: claim } of pod.volumes) {
      if (configMap) expect(ofKind('ConfigMap').map(({ metadata }) => metadata.name)).toContain(configMap.name);
      if (secret) expect(ofKind('Secret').map(({ metadata }) => metadata.name)).toContain(secret.secretName);
      if (claim)
        expect(ofKind('PersistentVolumeClaim').map(({ metadata }) => metadata.name)).toContain(claim.claimName);
    }
  });

  it('asks Outrider about itself on a port that it has', () => {
    const probes = [outrider?.startupProbe, outrider?.livenessProbe];
    expect(probes.map((probe) => probe?.httpGet)).toEqual(Array(2).fill({ path: '/-/healthy', port: 'http' }));
    expect(outrider?.ports?.map(({ name }) => name)).toEqual(['http']);
    // Beside an application, readiness would be the application's.
    const alone = pod.containers.length === 1;
    expect(outrider?.readinessProbe?.httpGet).toEqual(alone ? { path: '/-/ready', port: 'http' } : undefined);
  });

  it('runs it without any right, and with a limit of memory', () => {
    expect({ ...pod.securityContext, ...outrider?.securityContext }).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65_532,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(outrider?.resources?.limits).toHaveProperty('memory');
  });
});

it('the Service reaches the pods of the Deployment, and the ServiceMonitor the Service', () => {
  const [deployment] = ofKind<Deployment>('Deployment');
  const [service] = ofKind<Service>('Service');
  const [monitor] = ofKind<ServiceMonitor>('ServiceMonitor');
  expect(deployment?.spec.template.metadata.labels).toMatchObject(service?.spec.selector ?? { none: '' });
  expect(service?.metadata.labels).toMatchObject(monitor?.spec.selector.matchLabels ?? { none: '' });
  expect(service?.spec.ports.map(({ name }) => name)).toEqual(monitor?.spec.endpoints.map(({ port }) => port));
  const ports = deployment?.spec.template.spec.containers.flatMap((container) => container.ports ?? []);
  expect(ports?.map(({ name }) => name)).toEqual(service?.spec.ports.map(({ targetPort }) => targetPort));
});

it('one process has the store: the Deployment with a volume for it has one replica, and never two for a while', () => {
  const [deployment] = ofKind<Deployment>('Deployment');
  expect(deployment?.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
});
