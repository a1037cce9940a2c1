import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { findBinary } from '../demo/service/binary.ts';
import { measureBlackbox } from './blackbox.ts';
import { table } from './figures.ts';
import { entryPoint, type Load, measureIdle, measureOutrider } from './outrider.ts';
import { startTarget } from './target.ts';

const HELP = `npm run bench -- [--targets 1000,10000] [--interval 10] [--window 60] [--no-peer] [--no-idle]

Runs the daemon on core 0 against a server on core 1, everything on: three assertions a target, alerts judged,
an Alertmanager receiver, a scrape every 10 s; then blackbox_exporter (Debian: prometheus-blackbox-exporter) in
the same run. Needs Linux with two cores and taskset. Builds that exist in dist/ are used (npm run build).
`;

const { values } = parseArgs({
  options: {
    targets: { type: 'string', default: '1000,10000' },
    interval: { type: 'string', default: '10' },
    window: { type: 'string', default: '60' },
    peer: { type: 'boolean', default: true },
    idle: { type: 'boolean', default: true },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

/** Takes what an Alertmanager is sent; the bench is about the sender. */
async function startSink(): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((asked, answer) => asked.resume().once('end', () => answer.end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

async function main(): Promise<void> {
  const intervalMs = Number(values.interval) * 1000;
  const windowMs = Number(values.window) * 1000;
  const sink = await startSink();
  const blackbox = values.peer ? findBinary('prometheus-blackbox-exporter', 'blackbox_exporter') : undefined;
  console.log(
    `Node ${process.versions.node}, ${entryPoint()}, interval ${values.interval} s, window ${values.window} s`,
  );
  for (const targets of values.targets.split(',').map(Number)) {
    const load: Load = { targets, intervalMs, windowMs, alertmanager: sink.url };
    await using target = await startTarget(1);
    const outrider = await measureOutrider(target, load);
    const columns = [{ title: 'Outrider', figures: outrider.figures }];
    const peer = blackbox === undefined ? undefined : await measureBlackbox(blackbox, target, load);
    if (peer !== undefined) columns.push({ title: 'blackbox_exporter', figures: peer.figures });
    console.log(`\n${targets.toLocaleString('en')} targets\n${table(columns)}`);
    if (peer !== undefined)
      console.log(
        `CPU per check, Outrider / blackbox_exporter: ${(outrider.cpuPerThousand / peer.cpuPerThousand).toFixed(2)}`,
      );
  }
  if (values.idle) {
    await using target = await startTarget(1);
    console.log(`\nIdle, 10 targets\n${table([{ title: 'Outrider', figures: await measureIdle(target, sink.url) }])}`);
  }
  if (values.peer && blackbox === undefined) console.log('\nblackbox_exporter is not installed: no peer in this run');
  sink.close();
}

if (values.help) console.log(HELP);
else await main();
