import { type Access, Connection } from './connection.ts';
import { type BrokerAddress, peerName } from './dial.ts';
import type { CallName, Calls } from './wire.ts';

/** So that logins and certificates are tried again. */
const MAX_AGE_MS = 5 * 60_000;

/** Asks one broker one thing; throws BrokerError. */
export type Ask = <N extends CallName>(
  broker: BrokerAddress,
  name: N,
  args: Calls[N]['args'],
) => Promise<Calls[N]['answer']>;

interface Slot {
  readonly connection: Connection;
  readonly opened: Promise<Connection>;
}

/** A target's connections, one per broker, kept between runs while nothing goes wrong on them. */
export class Connections implements Disposable {
  readonly #access: Access;
  readonly #byPeer = new Map<string, Slot>();
  /** Also those whose place another has taken during this run. */
  readonly #all = new Set<Connection>();
  #cutAfterMs: number | undefined;

  constructor(access: Access) {
    this.#access = access;
  }

  /** Begins a run: what broke or became too old since the last one is let go. */
  begin(): void {
    this.#cutAfterMs = undefined;
    const nowMs = this.#access.clock.monoMs();
    this.#keep((one) => one.idle && nowMs - one.openedAtMs < MAX_AGE_MS && nowMs < one.sessionEndsAtMs);
  }

  /** Whether there is a connection to this broker from an earlier run. */
  has(address: BrokerAddress): boolean {
    return this.#byPeer.has(peerName(address));
  }

  /** The connection to a broker; a broker that failed is not tried again in the same run, unless `anew`. Throws BrokerError. */
  to(address: BrokerAddress, anew = false): Promise<Connection> {
    const peer = peerName(address);
    const slot = this.#byPeer.get(peer);
    if (slot !== undefined && !anew) return slot.opened;
    const connection = new Connection(address, this.#access);
    this.#all.add(connection);
    if (this.#cutAfterMs !== undefined) connection.timeOut(this.#cutAfterMs);
    const opened = connection.open();
    // Whoever asks sees the failure; it may come when nobody asks any more.
    opened.catch(() => {});
    this.#byPeer.set(peer, { connection, opened });
    return opened;
  }

  readonly ask: Ask = async (broker, name, args) => (await this.to(broker)).ask(name, args);

  /** Fails whatever is waited for, now and until the next run, as not answered within this time. */
  cut(afterMs: number): void {
    this.#cutAfterMs = afterMs;
    for (const connection of this.#all) if (!connection.idle) connection.timeOut(afterMs);
  }

  /** Ends a run: only connections on which nothing went wrong and nothing is awaited stay. */
  settle(): void {
    this.#keep((one) => one.idle);
  }

  [Symbol.dispose](): void {
    this.#keep(() => false);
  }

  #keep(wanted: (connection: Connection) => boolean): void {
    const current = new Set([...this.#byPeer.values()].map((slot) => slot.connection));
    for (const connection of this.#all) {
      if (current.has(connection) && wanted(connection)) continue;
      this.#all.delete(connection);
      connection[Symbol.dispose]();
    }
    for (const [peer, slot] of this.#byPeer) if (!this.#all.has(slot.connection)) this.#byPeer.delete(peer);
  }
}
