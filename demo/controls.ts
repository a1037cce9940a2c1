import { FAULTS, type Fault, type FaultName } from './fault.ts';
import type { Screen } from './screen.ts';
import type { Service } from './service/service.ts';
import type { Stack } from './stack.ts';

/** Breaks and heals, one thing at a time each; a second request for the same is refused while the first is at work. */
export interface Controls {
  /** Whether this demo has what it takes. */
  can(fault: Fault): boolean;
  break(name: FaultName): Promise<void>;
  heal(name: FaultName): Promise<void>;
  /** The same key breaks and heals. */
  toggle(fault: Fault): Promise<void>;
}

interface Switch {
  readonly break: () => Promise<void>;
  readonly heal: () => Promise<void>;
}

/** The switches of what runs. */
export function createControls(stack: Stack, screen: Screen): Controls {
  const switches: Readonly<Record<FaultName, Switch | undefined>> = {
    database: killing(stack.postgres),
    cache: killing(stack.redis),
    queue: killing(stack.kafka),
    worker: stack.worker && {
      break: () => stack.worker?.stop() ?? done(),
      heal: () => stack.worker?.start() ?? done(),
    },
    slow: inShop(stack, 'slow'),
    errors: inShop(stack, 'errors'),
    pool: stack.postgres && inShop(stack, 'pool'),
  };
  const broken = new Set<FaultName>();
  const busy = new Set<FaultName>();
  const act = async (name: FaultName, breaking: boolean) => {
    const control = switches[name];
    const fault = FAULTS.find((each) => each.name === name);
    if (control === undefined || fault === undefined || busy.has(name)) return;
    busy.add(name);
    const text = breaking ? `BREAKING ${name}: ${fault.what}` : `HEALING ${name}`;
    screen.line(`${screen.time().padStart(8)}  ${screen.style('bold', text)}`);
    try {
      await (breaking ? control.break() : control.heal());
      if (breaking) broken.add(name);
      else broken.delete(name);
    } catch (error) {
      screen.line(`${''.padStart(8)}  that did not work: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      busy.delete(name);
    }
  };
  return {
    can: ({ name }) => switches[name] !== undefined,
    break: (name) => act(name, true),
    heal: (name) => act(name, false),
    toggle: ({ name }) => act(name, !broken.has(name)),
  };
}

const done = async () => undefined;

function killing(service: Service | undefined): Switch | undefined {
  return service && { break: () => service.kill(), heal: () => service.start() };
}

function inShop({ switchesUrl }: Stack, fault: 'slow' | 'errors' | 'pool'): Switch {
  const send = async (method: 'PUT' | 'DELETE') => {
    const response = await fetch(`${switchesUrl}/faults/${fault}`, { method, signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`the shop answered ${response.status}`);
  };
  return { break: () => send('PUT'), heal: () => send('DELETE') };
}
