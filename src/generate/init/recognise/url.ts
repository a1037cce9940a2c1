import { hidden, type Raw } from '../compose/text.ts';

/** The parts of a connection URL, not filled in; empty where it has none. */
export interface UrlParts {
  readonly scheme: string;
  readonly user: Raw;
  readonly password: Raw;
  readonly host: Raw;
  readonly port: Raw;
  /** Without the slash before it. */
  readonly path: Raw;
  readonly query: Raw;
}

const URL =
  /^([a-z][a-z0-9+.-]*):\/\/(?:(.*)@)?(\[[^\]]*\]|[^:/?#@,]*)(?::([^/?#,]*))?(?:,[^/?#]*)?(?:\/([^?#]*))?(?:\?([^#]*))?(?:#.*)?$/is;

/** Takes a URL apart whose parts may be variables; undefined where it is none. */
export function urlParts(raw: Raw): UrlParts | undefined {
  const { open, shown } = hidden(raw.trim());
  const part = URL.exec(open);
  if (part === null) return undefined;
  const [, scheme = '', login = '', host = '', port = '', path = '', query = ''] = part;
  const at = login.indexOf(':');
  const [user, password] = at === -1 ? [login, ''] : [login.slice(0, at), login.slice(at + 1)];
  return {
    scheme: scheme.toLowerCase(),
    user: shown(user),
    password: shown(password),
    host: shown(host),
    port: shown(port),
    path: shown(path),
    query: shown(query),
  };
}

/** A text that is a URL with a password, or with a query that may hold one. */
export const holdsSecret = (raw: Raw): boolean => {
  const parts = urlParts(raw);
  return parts !== undefined && (parts.password !== '' || /pass|token|secret|key/i.test(parts.query));
};
