/** An address that a name has now. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Why a name has no address: a name server knows of none, none answered (in time), or one answered that it cannot say. */
export type NoAddress = 'no-name' | 'no-answer' | 'failed';

export type Resolved =
  | { readonly ok: true; readonly addresses: readonly [Address, ...Address[]] }
  | { readonly ok: false; readonly why: NoAddress; readonly message: string };

/** Turns a host into its addresses, afresh each time, IPv4 first; never through getaddrinfo's few threads. */
export interface Resolver {
  /** Ends when the signal aborts. Rejects only where Outrider itself ran out of something (`isOwnLimit`). */
  resolve(host: string, signal: AbortSignal): Promise<Resolved>;
}

/** The name servers behind a resolver. */
export interface NameServers {
  /** Whether any of them answers anything at all before the signal aborts. */
  isAnswering(signal: AbortSignal): Promise<boolean>;
  /** Their addresses, for people. */
  servers(): readonly string[];
}
