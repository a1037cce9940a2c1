import { it } from 'vitest';
import { storm } from '../support/fault/storm.ts';

it('a thousand targets that fail at once are all told, to each receiver, and so is their end', {
  timeout: 300_000,
}, async () => {
  process.stdout.write(`${await storm({ targets: 1000, intervalSeconds: 5 })}\n`);
});
