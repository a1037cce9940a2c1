import { describe, expect, it } from 'vitest';
import { goodConfig } from '../support/config-folder.ts';

const shop = (entry: string, rest = '') =>
  goodConfig(`service: shop
${rest}
targets:
  - { name: database, type: postgres, host: localhost, group: storage }
maintenance:
  - { name: backup, cron: "0 3 * * *", duration: 30m, ${entry} }
`);

describe('a recurring maintenance', () => {
  it('is what is written', async () => {
    const { maintenance } = await shop('timezone: America/New_York, targets: [database]');
    expect(maintenance).toEqual([
      {
        ...{ name: 'backup', cron: '0 3 * * *', timezone: 'America/New_York', durationMs: 1_800_000 },
        ...{ targets: ['database'], groups: [], matchers: [] },
      },
    ]);
  });

  it.each([
    ['timezone: Europe/Berlin', 'Europe/Berlin'],
    ['', 'UTC'],
  ])('goes by the clocks of the file’s time zone: %s', async (rest, timezone) => {
    const { maintenance } = await shop('targets: [database]', rest);
    expect(maintenance).toMatchObject([{ timezone }]);
  });

  it('may be for groups, and for alerts by their labels', async () => {
    const { maintenance } = await shop(`groups: [storage], matchers: ['team="core"', 'severity=~"P2|P3", env!=test']`);
    expect(maintenance).toMatchObject([
      {
        targets: [],
        groups: ['storage'],
        matchers: [
          { name: 'team', value: 'core', isRegex: false, isEqual: true },
          { name: 'severity', value: 'P2|P3', isRegex: true, isEqual: true },
          { name: 'env', value: 'test', isRegex: false, isEqual: false },
        ],
      },
    ]);
  });

  it('may last longer than what lies between its starts', async () => {
    expect((await shop('targets: [database]')).maintenance.length).toBe(1);
    const text = `service: shop
targets: [{ name: database, type: postgres, host: localhost }]
maintenance: [{ name: always, cron: "0 * * * *", duration: 90m, targets: [database] }]
`;
    expect((await goodConfig(text)).maintenance).toMatchObject([{ durationMs: 5_400_000 }]);
  });
});

it('flapping is told by shares', async () => {
  const config = await goodConfig('service: shop\ntargets: []\nflapping: { high: 29%, low: 12.5% }\n');
  expect(config.flapping).toEqual({ high: 0.29, low: 0.125 });
});
