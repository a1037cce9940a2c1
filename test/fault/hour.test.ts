import { it } from 'vitest';
import { hourAway } from '../support/fault/hour.ts';

it('Alertmanager and a webhook that were away for an hour are told everything, with its true times and in order', {
  timeout: 420_000,
}, async () => {
  process.stdout.write(`an hour away, 20 times faster\n\n${await hourAway(20)}\n`);
});
