import type { Service } from '../compose/service.ts';
import { filled, hidden, type Raw, type Variables } from '../compose/text.ts';

/** What a health check asks by HTTP; texts are not filled in yet. */
export interface Asked {
  readonly scheme: 'http' | 'https';
  readonly port: Raw;
  /** With its query. */
  readonly path: Raw;
  readonly headers: readonly (readonly [string, Raw])[];
  readonly insecure: boolean;
}

const URL_IN_TEXT = /\bhttps?:\/\/[^\s"'`|;<>\\)]+/g;
/** `curl localhost:3000/health`; a name alone may be an option's value. */
const BARE_URL =
  /\b(?:curl|wget)\b[^|;&]*?\s["']?((?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::[^\s"'/|;]+(?:\/[^\s"'|;]*)?|\/[^\s"'|;]*))/;
const HEADER = /(?:-H|--header)[= ]?\s*\\?(["'])([\w-]+):\s*(.*?)\\?\1/g;
const PARTS = /^(https?):\/\/(\[[^\]]*\]|[^:/?#@]*)(?::([^/?#@]*))?([/?][^#]*)?$/;
const LOCAL = /^(localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\]|)$/;

/** The HTTP request that a service's own health check makes of itself; undefined where it makes none. */
export function askedBy(service: Service, variables: Variables): Asked | undefined {
  const check = forCompose(service);
  if (check === undefined) return undefined;
  const bare = BARE_URL.exec(check)?.[1];
  const urls = [
    ...(check.match(URL_IN_TEXT) ?? []),
    ...(bare === undefined ? [] : [`http://${bare}`]),
    ...devTcp(check),
  ];
  const own = new Set([service.name, service.host, ...service.aliases]);
  for (const url of urls) {
    const { open, shown } = hidden(url);
    const [, scheme, host = '', port, path = '/'] = PARTS.exec(open) ?? [];
    const where = filled(shown(host), variables);
    if ((scheme !== 'http' && scheme !== 'https') || !(LOCAL.test(where) || own.has(where))) continue;
    return {
      scheme,
      port: port === undefined ? (scheme === 'https' ? '443' : '80') : shown(port),
      path: shown(path.startsWith('?') ? `/${path}` : path).replace(/\?.*(token|key|secret|pass|auth).*$/i, ''),
      headers: [...check.matchAll(HEADER)].map(([, , name = '', value = '']) => [name, value] as const),
      insecure: /\s(-k|-[a-z]*k[a-z]*|--insecure|--no-check-certificate)\s/i.test(check),
    };
  }
  return undefined;
}

/** The container's shell fills `$$PORT` from the service's environment; what is not there cannot be known. */
const forCompose = ({ check, environment }: Service): Raw | undefined =>
  check?.replace(/\$\$\{?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}?/g, (all, name: string, otherwise?: string) =>
    name === 'HOSTNAME' ? 'localhost' : (environment.get(name)?.raw ?? otherwise ?? all),
  );

/** bash speaks HTTP by itself: `exec 3<>/dev/tcp/127.0.0.1/9000; echo -e "GET /health HTTP/1.1…"`. */
function devTcp(check: string): readonly string[] {
  const [, host, port] = /\/dev\/tcp\/([^/\s]+)\/(\d+)/.exec(check) ?? [];
  const path = /\b(?:GET|HEAD) (\/\S*) HTTP\//.exec(check)?.[1];
  return host === undefined || path === undefined ? [] : [`http://${host}:${port}${path}`];
}
