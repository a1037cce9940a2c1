import { it } from 'vitest';
import { hourAway } from '../support/fault/hour.ts';

it('Alertmanager and a webhook that were away for an hour of real time are told everything, with its true times and in order', async () => {
  process.stdout.write(`an hour away, in real time\n\n${await hourAway(1)}\n`);
});
