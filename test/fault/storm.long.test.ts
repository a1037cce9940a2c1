import { it } from 'vitest';
import { storm } from '../support/fault/storm.ts';

it('ten thousand targets that fail at once are all told, to each receiver, and so is their end', async () => {
  process.stdout.write(`${await storm({ targets: 10_000, intervalSeconds: 20 })}\n`);
});
