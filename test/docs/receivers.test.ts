import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../demo/service/port.ts';
import type { Notice } from '../../src/core/alert.ts';
import { toWebhookPayload } from '../../src/notify/webhook/payload.ts';
import { webhook } from '../../src/notify/webhook/type.ts';
import { configFolder } from '../support/config-folder.ts';

import { ALERT, messageOf, openPeerOf, send } from '../support/receiver.ts';
import { until } from '../support/wait.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'receivers.md'), 'utf8');
const block = (language: string): string => new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms').exec(page)?.[1] ?? '';
const FIRING: Notice = { status: 'firing', alert: { ...ALERT, group: ALERT.fingerprint } };

describe('docs/receivers.md', () => {
  it('shows the message of a webhook as it is', () => {
    const sender = { receiver: 'ops', externalUrl: 'https://outrider.example.com' };
    expect(JSON.parse(block('json'))).toEqual(
      toWebhookPayload(messageOf({ group: ALERT.fingerprint, changed: [FIRING] }), sender),
    );
  });

  it('shows a receiver that takes what is genuine, each message once, and nothing else', async () => {
    const folder = configFolder();
    onTestFinished(() => folder[Symbol.dispose]());
    const port = await freePort();
    const child = spawn(process.execPath, [folder.write('receive.mjs', block('js'))], {
      env: { ...process.env, HOOK_SECRET: 'one key', PORT: String(port) },
    });
    onTestFinished(async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
    });
    const url = `http://127.0.0.1:${port}`;
    await until('it listens', () => fetch(url).catch(() => undefined));

    const genuine = await openPeerOf(webhook, { url, secret: 'one key' });
    const forged = await openPeerOf(webhook, { url, secret: 'another key' });
    const unsigned = await openPeerOf(webhook, { url });
    for (const peer of [forged, unsigned])
      expect(await send(peer)).toMatchObject({ ok: false, message: 'answered 401' });
    for (const status of ['told', 'told again']) expect([status, await send(genuine)]).toEqual([status, { ok: true }]);
    await send(genuine, {
      key: 'another',
      changed: [{ ...FIRING, status: 'resolved', endsAtMs: ALERT.startsAtMs + 1 }],
    });
    await until('it has said it', () => (said.includes('resolved') ? true : undefined));
    expect(said).toBe('firing PostgresDown database\nresolved PostgresDown database\n');
  });
});
