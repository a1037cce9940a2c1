import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TlsOptions } from '../tls.ts';

export interface Place {
  readonly address: string;
  readonly port: number;
  /** The name that was configured: what a certificate must be for. */
  readonly host: string;
  readonly tls: TlsOptions | undefined;
}

/**
 * An open connection, after the TLS handshake where there is one; `onConnect` is called before that handshake.
 * Rejects with the system's or TLS' error, or at the signal's abort.
 */
export function openSocket(place: Place, signal: AbortSignal, onConnect: () => void): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = begin(place);
    socket.once('connect', onConnect);
    const settle = (error: unknown) => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', settle);
      socket.off('close', onClose);
      // Whatever is still to come of it must find a listener.
      socket.on('error', () => {});
      if (error === undefined) return resolve(socket);
      socket.destroy();
      reject(error);
    };
    const onAbort = () => settle(signal.reason);
    const onClose = () => settle(Object.assign(new Error('closed while connecting'), { code: 'ECONNRESET' }));
    socket.once(place.tls === undefined ? 'connect' : 'secureConnect', () => settle(undefined));
    socket.once('error', settle);
    socket.once('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

function begin({ address, port, host, tls }: Place): Socket {
  const where = { host: address, port, noDelay: true };
  if (tls === undefined) return connectTcp(where);
  const servername = tls.servername ?? (isIP(host) === 0 ? host : undefined);
  return connectTls({ ...where, ...tls, ...(servername === undefined ? {} : { servername }) });
}
