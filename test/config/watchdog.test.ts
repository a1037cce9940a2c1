import { describe, expect, it } from 'vitest';
import { goodConfig, problemsOf } from '../support/config-folder.ts';

const NOTIFY =
  'notify: { first: { type: alertmanager, urls: ["http://one"] }, alertmanager: { urls: ["http://two"] }, hook: { type: webhook, url: "http://three" } }';
const watchdog = async (written: string, env: Record<string, string> = {}) =>
  (await goodConfig(`service: shop\ntargets: []\n${NOTIFY}\n${written}`, env)).watchdog;

describe('the watchdog', () => {
  it('is told to every receiver of type alertmanager unless the config says to whom', async () => {
    expect((await watchdog('')).to).toEqual(['first', 'alertmanager']);
    expect((await watchdog('watchdog: { every: 5m }')).to).toEqual(['first', 'alertmanager']);
    expect((await watchdog('watchdog: { to: [hook, hook] }')).to).toEqual(['hook']);
    expect((await watchdog('watchdog: { to: [] }')).to).toEqual([]);
  });

  it.each([
    ['is not written', 'watchdog: {}'],
    ['is empty', 'watchdog: { heartbeat_url: "" }'],
    ['is a variable that is not set', `watchdog: { heartbeat_url: "\${HEARTBEAT_URL:-}" }`],
  ])('has no heartbeat where its URL %s', async (_, written) => {
    expect((await watchdog(written)).heartbeatUrl).toBeUndefined();
  });

  it('has a heartbeat that no output shows', async () => {
    const { heartbeatUrl, everyMs } = await watchdog(`watchdog: { heartbeat_url: "\${URL}", every: 30s }`, {
      URL: 'https://hc-ping.com/canary',
    });
    expect(everyMs).toBe(30_000);
    expect(heartbeatUrl?.reveal()).toBe('https://hc-ping.com/canary');
    expect(`${heartbeatUrl} ${JSON.stringify(heartbeatUrl)}`).not.toContain('canary');
  });

  it('complains of a URL without repeating it', async () => {
    const said = await problemsOf('service: shop\ntargets: []\nwatchdog: { heartbeat_url: "htps://canary/canary" }');
    expect(said).toEqual([
      '3:28: watchdog.heartbeat_url: expected a URL that begins with http:// or https://, or an empty text',
    ]);
  });
});
