/** What a token may do; each scope includes those before it. */
export const SCOPES = ['metrics', 'read', 'write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];
