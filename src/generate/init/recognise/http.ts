import { formatDuration } from '../../../core/duration.ts';
import { containerPort } from '../compose/port.ts';
import type { Service } from '../compose/service.ts';
import { filled, isReference, ours, type Variables, withoutVariables } from '../compose/text.ts';
import type { Key } from '../draft.ts';
import { type Asked, askedBy } from './check.ts';
import type { Known } from './image.ts';
import type { Names } from './names.ts';

/** How a service is asked by HTTP, and why so. */
export interface HttpFound {
  readonly keys: readonly Key[];
  readonly about: readonly string[];
  /** What was guessed, for people; undefined where nothing was. */
  readonly guess: string | undefined;
}

/** Ports at which something else than HTTP is spoken, or nobody should ask: debuggers, databases, mail, gRPC. */
const NO_HTTP: ReadonlySet<number> = new Set([
  21, 22, 23, 25, 53, 110, 143, 389, 465, 514, 587, 636, 993, 995, 1025, 1433, 1521, 1883, 2181, 3306, 3389, 4222, 4317,
  5005, 5060, 5432, 5433, 5672, 5858, 6379, 6380, 6432, 7233, 8883, 9042, 9092, 9093, 9229, 9230, 11211, 26379, 27017,
  50051,
]);
const TLS_PORTS: ReadonlySet<number> = new Set([443, 8443, 9443]);
const PORT_LABEL = /^traefik\.http\.services\..+\.loadbalancer\.server\.port$/i;
const PATH_LABEL = /^traefik\.http\.services\..+\.loadbalancer\.healthcheck\.path$/i;
/** Longer than the grace that every target has. */
const GRACE_MS = 60_000;

export interface HttpQuestion {
  readonly service: Service;
  readonly known: Known | undefined;
  readonly variables: Variables;
  readonly names: Names;
}

/** Its own health check, else traefik's label, else what is known of its image, else a port; undefined where there is none of these. */
export function httpOf(question: HttpQuestion): HttpFound | undefined {
  const found = asked(question);
  const url = found?.keys.find(({ key }) => key === 'url')?.value;
  // Whatever was written as a port or a path: what is no URL cannot be asked.
  return typeof url === 'string' && URL.canParse(withoutVariables(url)) ? found : undefined;
}

function asked(question: HttpQuestion): HttpFound | undefined {
  const { service, known, variables } = question;
  const grace =
    service.startPeriodMs > GRACE_MS ? [{ key: 'startup_grace', value: formatDuration(service.startPeriodMs) }] : [];
  const own = askedBy(service, variables);
  if (own !== undefined) return withGrace(fromCheck(question, own), grace);
  const labelled = label(service, PORT_LABEL);
  const path = label(service, PATH_LABEL) ?? known?.path;
  const port = labelled ?? (known?.port === undefined ? likelyPort(service, variables) : String(known.port));
  if (port === undefined) return undefined;
  const scheme = TLS_PORTS.has(Number(filled(port, variables))) ? 'https' : 'http';
  const url = { key: 'url', value: `${scheme}://${service.host}:${port}${path ?? '/'}` };
  if (path !== undefined) return withGrace({ keys: [url], about: [], guess: undefined }, grace);
  const from = labelled === undefined ? (known?.port === undefined ? 'its port' : 'its image') : 'traefik’s label';
  return withGrace(
    {
      keys: [
        url,
        // No certificate is for the name of a service in a compose network.
        ...(scheme === 'https' ? [{ key: 'tls', value: { insecure_skip_verify: true } }] : []),
        { key: 'redirects', value: 'none' },
        { key: 'expect', value: { status: '200-499' } },
      ],
      about: [
        `Guessed from ${from}; nothing says which path tells its health. Any answer below 500 is up: give a better one.`,
      ],
      guess: `${service.name}: asked at ${url.value}, from ${from}; any answer below 500 is up`,
    },
    grace,
  );
}

const withGrace = (found: HttpFound, grace: readonly Key[]): HttpFound => ({
  ...found,
  keys: [...found.keys, ...grace],
});

function fromCheck(
  { service, names, known }: HttpQuestion,
  { scheme, port, path, headers, insecure }: Asked,
): HttpFound {
  // A check that asks for the front page means the service, and a better page may be known.
  const better = path === '/' && port === String(known?.port) ? known?.path : undefined;
  const url = `${scheme}://${service.host}:${ours(port)}${better ?? ours(path)}`;
  const sent = headers.map(([name, value]) => [name, headerValue(names, service, name, value)] as const);
  return {
    keys: [
      { key: 'url', value: url },
      ...(sent.length === 0 ? [] : [{ key: 'headers', value: Object.fromEntries(sent) }]),
      ...(insecure
        ? [{ key: 'tls', value: { insecure_skip_verify: true }, comment: 'as its own health check does' }]
        : []),
    ],
    about: [],
    guess: undefined,
  };
}

/** What may be a secret is not repeated. */
function headerValue(names: Names, service: Service, name: string, value: string): string {
  const harmless = !/auth|cookie|token|key|secret|sign/i.test(name);
  if (harmless || isReference(value.replace(/^(Bearer|Basic|Token)\s+/i, ''))) return ours(value, 'without-defaults');
  return `\${${names.claim(name, value, service.name, true)}}`;
}

function label(service: Service, pattern: RegExp): string | undefined {
  if (service.labels.get('traefik.enable') === 'false') return undefined;
  const found = [...service.labels].find(([key, value]) => pattern.test(key) && value !== '')?.[1];
  return found;
}

/** The first port at which HTTP may be spoken: what is published before what is only named, without TLS before with. */
function likelyPort({ ports, expose }: Service, variables: Variables): string | undefined {
  const named = expose.flatMap((raw) => {
    const [port = '', protocol = 'tcp'] = raw.split('/');
    return (protocol === 'tcp' ? containerPort(port, variables) : undefined) ?? [];
  });
  const all = [...ports, ...named].filter(({ number }) => number === undefined || !NO_HTTP.has(number));
  return (all.find(({ number }) => number === undefined || !TLS_PORTS.has(number)) ?? all[0])?.container;
}

/** Whether the world reaches it: a port that is published beyond the machine, or traefik in front. */
export const isEntry = (service: Service): boolean =>
  service.ports.some(({ reach, number }) => reach === 'world' && (number === undefined || !NO_HTTP.has(number))) ||
  (service.labels.get('traefik.enable') !== 'false' &&
    [...service.labels.keys()].some((key) => /^traefik\.http\.routers\..+\.rule$/i.test(key) || PORT_LABEL.test(key)));
