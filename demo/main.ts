import { createControls } from './controls.ts';
import { runDrill } from './drill.ts';
import { FAULTS, type Fault } from './fault.ts';
import { readKeys } from './keys.ts';
import { type DemoOptions, helpText, parseOptions } from './options.ts';
import { createScreen, type Screen } from './screen.ts';
import { killAll } from './service/process.ts';
import { type Stack, startStack } from './stack.ts';
import { isCalm } from './story.ts';
import { watch } from './watch.ts';

const UP_WITHIN_MS = 60_000;

/** The whole demo; gives the exit code. */
async function demo(options: DemoOptions, screen: Screen, stop: AbortController): Promise<number> {
  screen.line(screen.style('bold', 'Outrider demo: real services, a shop on them, and Outrider beside it.'));
  const giveUp = () => void killAll();
  stop.signal.addEventListener('abort', giveUp);
  await using stack = await startStack(screen, stop.signal);
  stop.signal.removeEventListener('abort', giveUp);
  const controls = createControls(stack, screen);
  const usable = FAULTS.filter((fault) => controls.can(fault));
  introduce(screen, stack, usable);
  using _keys = readKeys(
    process.stdin,
    (key) => {
      const fault = usable.find((each) => each.key === key);
      if (fault !== undefined) void controls.toggle(fault);
    },
    () => stop.abort(),
  );
  const keys = usable.map(({ key }) => key).join(' ');
  const addresses = { outrider: stack.outrider.url, alertmanager: stack.alertmanager?.url };
  const watching = watch(screen, { ...addresses, keys: `keys: ${keys}, Ctrl-C` }, stop.signal);
  const calm = await watching.until(isCalm, UP_WITHIN_MS);
  if (calm !== undefined) screen.line(`${screen.time().padStart(8)}  all ${calm.targets.length} targets are up`);
  let told = true;
  const fault = usable.find(({ name }) => name === options.break);
  if (options.break !== undefined && !stop.signal.aborted) {
    told =
      calm !== undefined && fault !== undefined && (await runDrill(fault, controls, watching, screen, stop.signal));
    if (fault === undefined) screen.line(`${options.break} cannot be broken here: what it needs was left out.`);
    if (options.once) stop.abort();
  }
  if (!stop.signal.aborted) screen.line(`It goes on: break and heal with ${keys}; Ctrl-C ends it.`);
  await watching.ended;
  screen.line('Ending everything.');
  return options.once && !told ? 1 : 0;
}

function introduce(screen: Screen, stack: Stack, usable: readonly Fault[]): void {
  const addresses = [
    ['Outrider', `${stack.outrider.url}/`],
    ['its metrics', `${stack.outrider.url}/metrics`],
    ['Alertmanager', stack.alertmanager && `${stack.alertmanager.url}/#/alerts`],
    ['Prometheus', stack.prometheus && `${stack.prometheus.url}/graph?g0.expr=outrider_target_up&g0.tab=0`],
    ['the shop', `${stack.api.url}/health/ready and ${stack.api.url}/orders`],
  ];
  screen.line();
  screen.line(screen.style('bold', 'Open'));
  for (const [name = '', url] of addresses) if (url !== undefined) screen.line(`  ${name.padEnd(14)} ${url}`);
  screen.line();
  screen.line(screen.style('bold', 'Press a key to break something, and the same key to heal it'));
  for (const { key, name, what } of usable) screen.line(`  ${key}  ${name.padEnd(9)} ${what}`);
  screen.line('  Ctrl-C ends the demo and leaves nothing behind');
  screen.line();
}

/** First signal: end in good order. Second: at once; the guard then clears away what is left. */
function endOnSignals(stop: AbortController): void {
  const begin = () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, begin);
  process.stdout.on('error', () => stop.abort());
}

async function main(): Promise<number> {
  const parsed = parseOptions(process.argv.slice(2));
  if (parsed.kind === 'help') {
    process.stdout.write(helpText());
    return 0;
  }
  if (parsed.kind === 'wrong') {
    process.stderr.write(`${parsed.message}\nSee npm run demo -- --help\n`);
    return 2;
  }
  const screen = createScreen(process.stdout);
  const stop = new AbortController();
  endOnSignals(stop);
  try {
    return await demo(parsed.options, screen, stop);
  } catch (error) {
    if (stop.signal.aborted) {
      screen.line('Ended while it was starting; nothing is left.');
      return 0;
    }
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

process.exit(await main());
