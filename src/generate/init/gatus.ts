import { basename } from 'node:path';
import { parseDurationMs } from '../../core/duration.ts';
import { isMap, listOf, mapOf, type PlainMap, textOf, textsOf } from './compose/plain.ts';
import { conditionsOf } from './conditions.ts';
import type { Draft, DraftTarget, LeftOut } from './draft.ts';
import { bodyValue, headersValue, key, uniqueName, urlValue } from './importing.ts';
import { type Names, openNames } from './recognise/names.ts';
import { readYaml } from './yaml-file.ts';

const DEFAULT_INTERVAL = '1m';
/** What becomes of these parts stands with the endpoints. */
const TAKEN: ReadonlySet<string> = new Set(['endpoints', 'services', 'alerting']);
const SCHEMES = /^([a-z][a-z0-9+]*):\/\//i;

interface Reading {
  readonly names: Names;
  readonly used: Set<string>;
  readonly remarks: string[];
  readonly leftOut: LeftOut[];
}

/** What a config of Gatus asks by HTTP; the rest is named. Throws OutriderError `usage` for a file that cannot be read. */
export function draftOfGatus(path: string, service: string): Draft {
  const root = readYaml(path);
  const reading: Reading = { names: openNames(), used: new Set(), remarks: [], leftOut: [] };
  const targets = [...listOf(root['endpoints']), ...listOf(root['services'])]
    .filter(isMap)
    .flatMap((endpoint) => targetOf(reading, endpoint));
  const { remarks, leftOut } = reading;
  const receivers = Object.keys(mapOf(root['alerting'])).map(
    (name) => `alerting.${name}: give it under notify, as a receiver`,
  );
  const others = Object.keys(root).filter((part) => !TAKEN.has(part) && !part.startsWith('x-'));
  return {
    service,
    from: basename(path),
    targets,
    leftOut,
    remarks: [...remarks, ...receivers, ...others.map((part) => `${part} has no counterpart`)],
    alertmanagers: [],
  };
}

function targetOf(reading: Reading, endpoint: PlainMap): readonly DraftTarget[] {
  const group = textOf(endpoint['group']);
  const name = uniqueName(reading.used, textOf(endpoint['name']) ?? 'endpoint', group);
  const url = textOf(endpoint['url']) ?? '';
  const kind = kindOf(endpoint, url);
  if (kind !== 'http') {
    reading.leftOut.push({ name, reason: 'no-probe-type', detail: kind });
    return [];
  }
  const types = [...new Set(listOf(endpoint['alerts']).flatMap((alert) => textOf(mapOf(alert)['type']) ?? []))];
  if (types.length > 0)
    reading.remarks.push(
      `${name}: its alerts (${types.join(', ')}) are no receivers: everything under notify is told of every alert, unless routes say otherwise`,
    );
  const { keys, unknown } = conditionsOf(textsOf(endpoint['conditions']), parseDurationMs(intervalOf(endpoint)) ?? 0);
  for (const condition of unknown) reading.remarks.push(`${name}: ${condition} has no counterpart`);
  return [
    {
      name,
      type: 'http',
      about: [],
      keys: [...requestKeys(reading.names, endpoint, name), ...keys, ...key('group', group), ...pausedKeys(endpoint)],
      critical: undefined,
      dependsOn: [],
    },
  ];
}

/** How Gatus would ask it: by what the endpoint says beside its URL, else by the URL's scheme. */
function kindOf(endpoint: PlainMap, url: string): string {
  const beside = ['dns', 'ssh', 'grpc'].find((each) => endpoint[each] !== undefined);
  if (beside !== undefined) return beside;
  const scheme = SCHEMES.exec(url)?.[1]?.toLowerCase() ?? 'grpc';
  return scheme === 'https' ? 'http' : scheme;
}

const intervalOf = (endpoint: PlainMap): string => textOf(endpoint['interval']) ?? DEFAULT_INTERVAL;

const pausedKeys = ({ enabled }: PlainMap) => key('enabled', enabled === false ? false : undefined);

function requestKeys(names: Names, endpoint: PlainMap, name: string): DraftTarget['keys'] {
  const client = mapOf(endpoint['client']);
  const headers = Object.entries(mapOf(endpoint['headers'])).map(
    ([header, value]) => [header, textOf(value) ?? ''] as const,
  );
  const interval = intervalOf(endpoint);
  const timeout = textOf(client['timeout']);
  const fits = (parseDurationMs(timeout ?? '') ?? 0) <= (parseDurationMs(interval) ?? 0);
  return [
    { key: 'url', value: urlValue(names, textOf(endpoint['url']) ?? '', name) },
    ...key('method', textOf(endpoint['method'])),
    ...key('headers', headersValue(names, Object.fromEntries(headers), name)),
    ...key('body', bodyValue(names, textOf(endpoint['body']), name)),
    ...key('tls', client['insecure'] === true ? { insecure_skip_verify: true } : undefined),
    ...key('redirects', client['ignore-redirect'] === true ? 'none' : undefined),
    { key: 'interval', value: interval },
    ...key('timeout', fits ? timeout : undefined),
  ];
}
