import { createHash, timingSafeEqual } from 'node:crypto';
import { SCOPES, type Scope } from '../core/scope.ts';

/** The part of the config that says who may do what. */
export interface AuthSettings {
  readonly read: 'public' | 'token';
  readonly tokens: readonly {
    readonly name: string;
    readonly token: { reveal(): string };
    readonly scopes: readonly Scope[];
  }[];
}

/**
 * Whose token it is that lets a request pass, undefined for nobody's; or why it may not pass: `off` (no token is configured, so nobody may), `missing` and `wrong` (who is it?),
 * `insufficient` (known, but not allowed).
 */
export type Verdict =
  | { readonly ok: true; readonly name: string | undefined }
  | { readonly ok: false; readonly why: 'off' | 'missing' | 'wrong' | 'insufficient' };

export interface Auth {
  /** Whether any token is configured. */
  readonly configured: boolean;
  /** Whether a request with this bearer token, undefined for none, may use a route of this scope. */
  check(scope: Scope, bearer: string | undefined): Verdict;
}

const NOBODY = -1;
const NOBODYS: Verdict = { ok: true, name: undefined };
const levelOf = (scope: Scope): number => SCOPES.indexOf(scope);
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export function createAuth(settings: AuthSettings): Auth {
  const tokens = settings.tokens.map(({ name, token, scopes }) => ({
    name,
    digest: digest(token.reveal()),
    level: Math.max(NOBODY, ...scopes.map(levelOf)),
  }));
  const anonymous = settings.read === 'public' ? levelOf('read') : NOBODY;
  const configured = tokens.length > 0;
  const identify = (bearer: string): { readonly name: string; readonly level: number } | undefined => {
    const presented = digest(bearer);
    let known: { readonly name: string; readonly level: number } | undefined;
    // No early end: how long it takes may not tell which token matched.
    for (const token of tokens)
      if (timingSafeEqual(token.digest, presented) && token.level > (known?.level ?? NOBODY - 1)) known = token;
    return known;
  };
  return {
    configured,
    check(scope, bearer) {
      const open = anonymous >= levelOf(scope);
      if (!configured) return open ? NOBODYS : { ok: false, why: 'off' };
      if (bearer === undefined) return open ? NOBODYS : { ok: false, why: 'missing' };
      const known = identify(bearer);
      if (known === undefined) return { ok: false, why: 'wrong' };
      const { name, level } = known;
      return open || level >= levelOf(scope) ? { ok: true, name } : { ok: false, why: 'insufficient' };
    },
  };
}

/**
 * The token of an `Authorization: Bearer` header; other schemes are somebody else's (a proxy's own Basic) and count as none.
 * Source: https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 */
export const bearerOf = (header: string | undefined): string | undefined =>
  header === undefined
    ? undefined
    : /^bearer(?:\s+(.*))?$/i
        .exec(header.trim())
        ?.slice(1)
        .map((token) => token ?? '')[0];
