import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an Alertmanager was sent so far. */
export interface Posted {
  readonly posts: number;
  /** Alerts in all posts. */
  readonly alerts: number;
  /** Different alerts that have begun, and those of them that have ended. */
  readonly told: number;
  readonly ended: number;
}

/** Takes what an Alertmanager is sent; the bench is about the sender. */
export interface Sink extends AsyncDisposable {
  readonly url: string;
  posted(): Posted;
}

/** Fires all the time, and is about no target. */
const WATCHDOG = 'OutriderWatchdog';

interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly endsAt: string;
}

/** Starts the stand-in on a free port. */
export async function startSink(): Promise<Sink> {
  /** By their labels, whether they are over. */
  const known = new Map<string, boolean>();
  let posts = 0;
  let alerts = 0;
  const server = createServer((asked, answer) => {
    const chunks: Buffer[] = [];
    asked.on('data', (chunk: Buffer) => chunks.push(chunk));
    asked.once('end', () => {
      answer.end();
      const batch = JSON.parse(Buffer.concat(chunks).toString()) as readonly PostableAlert[];
      posts++;
      alerts += batch.length;
      for (const { labels, endsAt } of batch)
        if (labels['alertname'] !== WATCHDOG) known.set(JSON.stringify(labels), Date.parse(endsAt) <= Date.now());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posted: () => ({
      posts,
      alerts,
      told: known.size,
      ended: [...known.values()].filter((isOver) => isOver).length,
    }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
