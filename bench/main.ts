import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { findBinary } from '../demo/service/binary.ts';
import { startSink } from './alertmanager.ts';
import { measureBlackbox } from './blackbox.ts';
import { entryPoint } from './daemon.ts';
import { quantile, table } from './figures.ts';
import { measureJudging } from './judging.ts';
import { type Load, measureIdle, measureOutrider } from './outrider.ts';
import { measureReloads } from './reload.ts';
import { measureStorm, STORMS, type Storm } from './storm.ts';
import { startTarget } from './target.ts';

const HELP = `npm run bench -- [--part load,idle,storm,judging,reload] [--targets 1000,10000] [--interval 10] [--window 60]
                 [--no-peer] [--storms refuse,unavailable,second] [--fill 900] [--profile FOLDER]

Runs the daemon on core 0 against a server on core 1. Needs Linux with two cores and taskset. Builds that exist in
dist/ are used (npm run build). The parts; load and idle where none is named:

load     everything on: three assertions a target, alerts judged, an Alertmanager receiver, a scrape every 10 s; then
         blackbox_exporter (Debian: prometheus-blackbox-exporter) in the same run
idle     ten targets
storm    every target fails at once, half of them behind one dependency, half in one place; then all recover
judging  five alerts on measures for each target, beside a daemon without alerts at the same time; --fill is how many
         seconds their windows fill before it is measured
reload   the config is read again while every target is probed: unchanged, one or all targets changed, with a mistake, ten
         times a second

storm, judging and reload take the largest of --targets. --profile writes a CPU profile of the daemon in a storm.
`;

const { values } = parseArgs({
  options: {
    part: { type: 'string', default: 'load,idle' },
    targets: { type: 'string', default: '1000,10000' },
    interval: { type: 'string', default: '10' },
    window: { type: 'string', default: '60' },
    peer: { type: 'boolean', default: true },
    storms: { type: 'string', default: STORMS.join() },
    fill: { type: 'string', default: '900' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

const counts = values.targets.split(',').map(Number);
const common = { intervalMs: Number(values.interval) * 1000, windowMs: Number(values.window) * 1000 };

async function load(): Promise<void> {
  const blackbox = values.peer ? findBinary('prometheus-blackbox-exporter', 'blackbox_exporter') : undefined;
  await using sink = await startSink();
  for (const targets of counts) {
    const one: Load = { ...common, targets, alertmanager: sink.url };
    await using target = await startTarget(1);
    const outrider = await measureOutrider(target, one);
    const columns = [{ title: 'Outrider', figures: outrider.figures }];
    const peer = blackbox === undefined ? undefined : await measureBlackbox(blackbox, target, one);
    if (peer !== undefined) columns.push({ title: 'blackbox_exporter', figures: peer.figures });
    console.log(`\n${targets.toLocaleString('en')} targets\n${table(columns)}`);
    if (peer === undefined) continue;
    const ratio = outrider.cpuPerThousand / peer.cpuPerThousand;
    console.log(`CPU per check, Outrider / blackbox_exporter: ${ratio.toFixed(2)}`);
  }
  if (values.peer && blackbox === undefined) console.log('\nblackbox_exporter is not installed: no peer in this run');
}

async function idle(): Promise<void> {
  await using sink = await startSink();
  await using target = await startTarget(1);
  console.log(`\nIdle, 10 targets\n${table([{ title: 'Outrider', figures: await measureIdle(target, sink.url) }])}`);
}

const isStorm = (name: string): name is Storm => STORMS.some((storm) => storm === name);

async function storm(): Promise<void> {
  const targets = Math.max(...counts);
  const columns = [];
  for (const title of values.storms.split(',').filter(isStorm)) {
    await using sink = await startSink();
    await using target = await startTarget(1);
    const one: Load = { ...common, targets, alertmanager: sink.url };
    columns.push({ title, figures: await measureStorm(target, sink, one, title, values.profile) });
  }
  console.log(`\nStorm, ${targets.toLocaleString('en')} targets and their dependency\n${table(columns)}`);
}

async function judging(): Promise<void> {
  const targets = Math.max(...counts);
  await using sink = await startSink();
  await using first = await startTarget(1);
  await using second = await startTarget(1);
  const one: Load = { ...common, targets, alertmanager: sink.url };
  const cost = await measureJudging({ judging: first, bare: second }, one, Number(values.fill) * 1000);
  const columns = [
    { title: 'five alerts on measures', figures: cost.judging },
    { title: 'no alerts', figures: cost.bare },
  ];
  console.log(`\nJudging, ${targets.toLocaleString('en')} targets\n${table(columns)}`);
  const [least, median, most] = [0, 0.5, 1].map((share) => quantile(cost.ratios, share).toFixed(3));
  console.log(`CPU per check, with / without: ${median} (${least} to ${most})`);
}

async function reload(): Promise<void> {
  const targets = Math.max(...counts);
  await using sink = await startSink();
  await using target = await startTarget(1);
  const columns = await measureReloads(target, { ...common, targets, alertmanager: sink.url });
  console.log(`\nReload, ${targets.toLocaleString('en')} targets\n${table(columns)}`);
}

async function main(): Promise<void> {
  // What is measured has core 0 for itself.
  spawnSync('taskset', ['-acp', '1', String(process.pid)]);
  console.log(
    `Node ${process.versions.node}, ${entryPoint()}, interval ${values.interval} s, window ${values.window} s`,
  );
  const parts: Readonly<Record<string, () => Promise<void>>> = { load, idle, storm, judging, reload };
  for (const name of values.part.split(',')) {
    const part = parts[name];
    if (part === undefined) throw new Error(`there is no part "${name}": ${Object.keys(parts).join(', ')}`);
    await part();
  }
}

if (values.help) console.log(HELP);
else await main();
