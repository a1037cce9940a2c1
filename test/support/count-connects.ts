import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Counts the connections that this process begins to these ports, whether they succeed or not. */
export function countConnects(ports: readonly number[]): Disposable & { count(): number } {
  let begun = 0;
  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.on('connectionAttempt', (_address: string, port: number) => {
      if (ports.includes(port)) begun += 1;
    });
  };
  subscribe('net.client.socket', onSocket);
  return { count: () => begun, [Symbol.dispose]: () => unsubscribe('net.client.socket', onSocket) };
}
