import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Address } from '../resolver.ts';
import type { TlsOptions } from '../tls.ts';
import type { Secure } from './secure.ts';

/** Who uses a connection at the moment. */
export interface ConnectionUser {
  /** The TCP connection is open. */
  onConnect(): void;
  /** The TLS handshake is over; whether its certificate is accepted is still to be decided. */
  onSecure(): void;
  /** Bytes that have come; the buffer is overwritten after the return. */
  onBytes(buffer: Buffer, length: number): void;
  /** The peer has closed its side. */
  onEnd(): void;
  onError(error: Error): void;
}

export interface Place {
  readonly address: Address;
  readonly port: number;
  readonly tls: TlsOptions | undefined;
  /** When it is opened, monotonic ms. */
  readonly nowMs: number;
}

/** All connections read into it; it is consumed before the next read, so that an answer costs no buffer of its own. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** Owns one socket. An error that comes after its user has left is of no interest. */
export class Connection implements Disposable {
  user: ConnectionUser | undefined;
  /** What the handshake told, once it is read. */
  secure: Secure | undefined;
  readonly openedMs: number;
  readonly address: Address;
  readonly socket: Socket;

  constructor(place: Place, user: ConnectionUser) {
    this.user = user;
    this.address = place.address;
    this.openedMs = place.nowMs;
    const onread = {
      buffer: READ_BUFFER,
      callback: (length: number) => {
        // Nobody has asked: whatever it is, the connection cannot be used again.
        if (this.user === undefined) this.socket.destroy();
        else this.user.onBytes(READ_BUFFER, length);
        return true;
      },
    };
    const options = { host: place.address.address, port: place.port, autoSelectFamily: false, onread };
    this.socket = place.tls === undefined ? connect(options) : connectTls(options, place.tls, this);
    this.socket
      .on('connect', () => this.user?.onConnect())
      .on('end', () => this.user?.onEnd())
      .on('close', () => this.user?.onEnd())
      .on('error', (error) => this.user?.onError(error));
  }

  get isOpen(): boolean {
    return this.socket.readyState === 'open';
  }

  /** Ends it at once; its user hears nothing more. */
  [Symbol.dispose](): void {
    this.user = undefined;
    this.socket.destroy();
  }
}

function connectTls(options: NetConnectOpts, tls: TlsOptions, connection: Connection): TLSSocket {
  const socket = process.getBuiltinModule('node:tls').connect({
    ...options,
    ...tls,
    // The user of the connection refuses a bad certificate itself, before it sends anything: so it can still say whose it is.
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  });
  return socket.on('secureConnect', () => connection.user?.onSecure());
}
