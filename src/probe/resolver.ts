/** An address that a name has now. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

export type Resolved =
  | { readonly ok: true; readonly addresses: readonly [Address, ...Address[]] }
  | { readonly ok: false; readonly message: string };

/** Turns a host into its addresses, afresh each time, IPv4 first; never through getaddrinfo's few threads. */
export interface Resolver {
  /** Ends when the signal aborts. Rejects only where Outrider itself ran out of something (`isOwnLimit`). */
  resolve(host: string, signal: AbortSignal): Promise<Resolved>;
}
