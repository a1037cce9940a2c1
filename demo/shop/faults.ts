import { createServer, type Server } from 'node:http';

/** What can be broken on purpose in the shop itself. */
export const FAULTS = ['slow', 'errors', 'pool'] as const;
export type Fault = (typeof FAULTS)[number];

/** The switches; each fault that is on has a signal that ends it. */
export interface Faults {
  isOn(fault: Fault): boolean;
  turnOn(fault: Fault): void;
  turnOff(fault: Fault): void;
}

/** `begun` hears of each fault that is turned on, with the signal that aborts when it is turned off. */
export function createFaults(begun: (fault: Fault, signal: AbortSignal) => void): Faults {
  const on = new Map<Fault, AbortController>();
  return {
    isOn: (fault) => on.has(fault),
    turnOn(fault) {
      if (on.has(fault)) return;
      const controller = new AbortController();
      on.set(fault, controller);
      begun(fault, controller.signal);
    },
    turnOff(fault) {
      on.get(fault)?.abort();
      on.delete(fault);
    },
  };
}

/** `PUT /faults/NAME` breaks, `DELETE /faults/NAME` heals; on 127.0.0.1 only, whatever the shop itself listens on. */
export function serveFaults(faults: Faults, port: number): Server {
  const server = createServer((request, response) => {
    const name = /^\/faults\/(\w+)$/.exec(request.url ?? '')?.[1];
    const fault = FAULTS.find((candidate) => candidate === name);
    if (fault === undefined) {
      response.writeHead(404).end(`expected one of ${FAULTS.map((each) => `/faults/${each}`).join(', ')}\n`);
    } else if (request.method === 'PUT' || request.method === 'DELETE') {
      if (request.method === 'PUT') faults.turnOn(fault);
      else faults.turnOff(fault);
      response.writeHead(204).end();
    } else {
      response.writeHead(405, { allow: 'PUT, DELETE' }).end();
    }
  });
  return server.listen(port, '127.0.0.1');
}
