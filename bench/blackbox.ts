import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { targetUrl } from './config.ts';
import { type Figures, mib } from './figures.ts';
import type { Load } from './outrider.ts';
import { cpuSeconds, pinned, residentBytes } from './process.ts';
import type { Target } from './target.ts';

const CORE = 0;
const MODULE = `modules:
  bench:
    prober: http
    timeout: 5s
    http:
      valid_status_codes: [200]
      preferred_ip_protocol: ip4
      fail_if_body_not_matches_regexp: [UP, '"status": ?"UP"']
`;

/** blackbox_exporter asked for the same targets at the same pace, as Prometheus would; Prometheus’ own share is not in it. */
export async function measureBlackbox(
  binary: string,
  target: Target,
  load: Load,
): Promise<{ readonly figures: Figures; readonly cpuPerThousand: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-bench-'));
  const config = join(folder, 'blackbox.yml');
  await writeFile(config, MODULE);
  const port = 40_000 + (process.pid % 20_000);
  await using exporter = pinned(CORE, binary, [
    `--config.file=${config}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=error',
  ]);
  await untilReady(port);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const ask = (index: number) =>
    get(agent, port, `/probe?module=bench&target=${encodeURIComponent(targetUrl(index, target.port))}`);
  await paced(load, load.intervalMs, ask);

  target.start(load.intervalMs);
  const before = cpuSeconds(exporter.pid);
  await paced(load, load.windowMs, ask);
  const stats = await target.stats();
  const cpu = cpuSeconds(exporter.pid) - before;
  const resident = residentBytes(exporter.pid);
  agent.destroy();
  await rm(folder, { recursive: true });
  const cpuPerThousand = (cpu / stats.arrivals) * 1000;
  const figures = {
    'checks in the window': String(stats.arrivals),
    'CPU s per 1,000 checks': cpuPerThousand.toFixed(3),
    'share of one core': `${((cpu / load.windowMs) * 100_000).toFixed(1)} %`,
    'resident, most': mib(resident),
  };
  return { figures, cpuPerThousand };
}

/** Calls `task` for target after target, so that each has its turn once an interval. */
async function paced(
  { targets, intervalMs }: Load,
  forMs: number,
  task: (index: number) => Promise<void>,
): Promise<void> {
  const begun = performance.now();
  const running = new Set<Promise<void>>();
  let done = 0;
  while (performance.now() - begun < forMs) {
    const due = Math.floor(((performance.now() - begun) / intervalMs) * targets);
    for (; done < due; done++) {
      const one = task(done % targets).finally(() => running.delete(one));
      running.add(one);
    }
    await sleep(2);
  }
  await Promise.all(running);
}

const get = (agent: Agent, port: number, path: string) =>
  new Promise<void>((resolve) => {
    const asked = request({ agent, host: '127.0.0.1', port, path }, (answer) => {
      answer.resume();
      answer.once('close', resolve);
    });
    asked.once('error', () => resolve());
    asked.end();
  });

async function untilReady(port: number): Promise<void> {
  for (let tries = 0; tries < 250; tries++) {
    if (
      await fetch(`http://127.0.0.1:${port}/-/healthy`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return;
    await sleep(20);
  }
  throw new Error('blackbox_exporter did not start within 5 s');
}
