import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ReceiverType } from '../../src/notify/contract.ts';
import { receiverTypeOf } from '../../src/notify/registry.ts';
import { exampleMessage, exampleView } from '../../src/notify/text/example.ts';
import { goodConfig } from '../support/config-folder.ts';
import { environment, serverOf } from '../support/receiver.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'messages.md'), 'utf8');

/** The names in the first column of the table under a sentence. */
function namesUnder(sentence: string): readonly string[] {
  const [, rest = ''] = page.split(sentence);
  const [table = ''] = rest.trim().split('\n\n');
  const cells = table
    .split('\n')
    .slice(2)
    .map((row) => row.split('|')[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, name = '']) => name));
}

describe('docs/messages.md', () => {
  it('lists what a template knows of a message, and nothing that it does not', () => {
    expect(namesUnder('Of the message:').toSorted()).toEqual(Object.keys(exampleView()).toSorted());
  });

  it('lists what a template knows of an alert, and nothing that it does not', () => {
    const listed = namesUnder('Of each alert in a list, beside all of the above:');
    expect(listed.toSorted()).toEqual(Object.keys(exampleView().began[0] ?? {}).toSorted());
  });

  const [, examples = ''] = page.split('## Examples');
  const shown = [...examples.matchAll(/^```yaml\n(.*?)^```\n+^```(text|json)\n(.*?)^```$/gms)].map(
    ([, config = '', form = '', sent = '']) => ({ config, form, sent }),
  );

  it('has examples', () => expect(shown.length).toBe(3));

  it.each(shown)('shows what is sent to $form, $config', async ({ config, form, sent }) => {
    const server = await serverOf((_, response) => response.end('{}'));
    const here = config.replace(/https:\/\/(ntfy|desk)\.example\.com/, server.url);
    const { receivers } = await goodConfig(here, { DESK_TOKEN: 'a-token-of-a-desk', DISCORD_WEBHOOK_URL: server.url });
    const [receiver] = receivers;
    if (receiver === undefined) throw new Error('no receiver');
    const type: ReceiverType = receiverTypeOf(receiver.settings.type);
    const [peer] = await type.open(receiver.settings, environment());
    onTestFinished(async () => peer?.[Symbol.asyncDispose]());
    const nowMs = Date.UTC(2026, 10, 21, 3, 4, 5);
    await peer?.send(exampleMessage(), { nowMs, signal: AbortSignal.timeout(10_000) });
    const body = server.requests[0]?.body ?? '';
    if (form === 'json') expect(JSON.parse(body)).toEqual(JSON.parse(sent));
    else expect(body).toBe(sent);
  });
});
