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
 * Why a request may not pass: `off` (no token is configured, so nobody may), `missing` and `wrong` (who is it?),
 * `insufficient` (known, but not allowed).
 */
export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: 'off' | 'missing' | 'wrong' | 'insufficient' };

export interface Auth {
  /** Whether any token is configured. */
  readonly configured: boolean;
  /** Whether a request with this bearer token, undefined for none, may use a route of this scope. */
  check(scope: Scope, bearer: string | undefined): Verdict;
}

const NOBODY = -1;
const levelOf = (scope: Scope): number => SCOPES.indexOf(scope);
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export function createAuth(settings: AuthSettings): Auth {
  const tokens = settings.tokens.map(({ token, scopes }) => ({
    digest: digest(token.reveal()),
    level: Math.max(NOBODY, ...scopes.map(levelOf)),
  }));
  const anonymous = settings.read === 'public' ? levelOf('read') : NOBODY;
  const configured = tokens.length > 0;
  const identify = (bearer: string): number | undefined => {
    const presented = digest(bearer);
    let level: number | undefined;
    // No early end: how long it takes may not tell which token matched.
    for (const token of tokens)
      if (timingSafeEqual(token.digest, presented)) level = Math.max(level ?? NOBODY, token.level);
    return level;
  };
  return {
    configured,
    check(scope, bearer) {
      if (!configured) return anonymous >= levelOf(scope) ? { ok: true } : { ok: false, why: 'off' };
      if (bearer === undefined) return anonymous >= levelOf(scope) ? { ok: true } : { ok: false, why: 'missing' };
      const level = identify(bearer);
      if (level === undefined) return { ok: false, why: 'wrong' };
      return Math.max(level, anonymous) >= levelOf(scope) ? { ok: true } : { ok: false, why: 'insufficient' };
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
