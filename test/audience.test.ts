import { describe, expect, it } from 'vitest';
import { audienceOf, senderOf } from '../src/audience.ts';
import { goodConfig } from './support/config-folder.ts';

const SHOP = 'service: shop\ntargets: []\n';
const ALERTMANAGER = '  am: { type: alertmanager, urls: ["http://localhost:9093"] }\n';
const HOOK = '  hook: { type: webhook, url: "http://localhost:1/" }\n';
const PAGER = '  pager: { type: pagerduty, routing_key: e93facc04764012d7bfb002500d5d1a6 }\n';
const told = async (text: string) => {
  const { receivers, fallback } = audienceOf(await goodConfig(text));
  return { receivers: receivers.map(({ name }) => name), fallback };
};

describe('with `sender: prometheus`', () => {
  it('no Alertmanager is told anything, all others are', async () => {
    const notify = `notify:\n${ALERTMANAGER}${HOOK}fallback: am\n`;
    expect(await told(`${SHOP}${notify}`)).toEqual({ receivers: ['am', 'hook'], fallback: 'am' });
    expect(await told(`${SHOP}${notify}sender: prometheus\n`)).toEqual({ receivers: ['hook'], fallback: undefined });
  });
});

describe('the metric that says who tells Alertmanager', () => {
  it.each([
    ['outrider', '', `notify:\n${ALERTMANAGER}${HOOK}`],
    ['outrider', 'outrider', `notify:\n${ALERTMANAGER}${PAGER}`],
    ['prometheus', 'outrider', `sender: prometheus\nnotify:\n${ALERTMANAGER}${PAGER}`],
    ['prometheus', '', 'sender: prometheus\n'],
    ['nobody', '', `notify:\n${HOOK}`],
  ])('is %s, with the pager "%s"', async (sender, pager, rest) => {
    expect(senderOf(await goodConfig(`${SHOP}${rest}`))).toEqual({ service: 'shop', sender, pager });
  });
});
