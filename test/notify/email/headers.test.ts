import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/notify/contract.ts';
import { mailOf } from '../../../src/notify/email/mail.ts';
import { compose, composed, hostile, parse, SETTINGS, saying, TELLER } from '../../support/mail.ts';
import { ALERT, messageOf, NOW_MS } from '../../support/receiver.ts';

describe('the headers', () => {
  const NAMES = [
    'From',
    'To',
    'Subject',
    'Message-ID',
    'Date',
    'Auto-Submitted',
    'X-Auto-Response-Suppress',
    'X-Outrider-Receiver',
    'X-Outrider-Severity',
    'X-Outrider-Step',
    'X-Priority',
    'Importance',
    'MIME-Version',
    'Content-Type',
  ];

  it('are these, whatever an alert, a receiver or an answer says', async () => {
    const breaking = hostile('\r\n\t :Bcc\u2028\u0085\0,<>@=?');
    await fc.assert(
      fc.asyncProperty(breaking, breaking, async (text, thread) => {
        const { raw } = await mailOf(
          MailComposer,
          messageOf({ changed: saying(text), thread }),
          SETTINGS,
          { ...TELLER, receiver: `ops${text}` },
          NOW_MS,
        );
        const { headers } = parse(raw.toString('latin1'));
        expect([...headers.keys()].sort()).toEqual(NAMES.toSorted());
        expect(raw.toString('latin1').replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
      }),
      { numRuns: 100 },
    );
  });

  it('have a subject of bounded length', async () => {
    const { headers } = await composed({ changed: saying('x'.repeat(5000)) });
    expect(headers.get('Subject')).toMatch(/^P1 database: x+…$/);
    expect(headers.get('Subject')?.length).toBe(180);
  });

  it.each<[string, Partial<Message>, boolean]>([
    ['P1 that begins', {}, true],
    ['P0 that goes on', { step: 'reminder', changed: [], standing: [{ ...ALERT, severity: 'P0' }] }, true],
    ['P2', { changed: saying('x', { severity: 'P2' }) }, false],
    ['an end', { step: 'over', changed: [{ status: 'resolved', alert: ALERT, endsAtMs: NOW_MS }] }, false],
  ])('of %s', async (_, message, isUrgent) => {
    const { headers } = await composed(message);
    expect([headers.get('Importance'), headers.get('X-Priority')]).toEqual(
      isUrgent ? ['high', '1 (Highest)'] : [undefined, undefined],
    );
  });

  it('and all else are the same to the byte when the same message is told again', async () => {
    const [one, two] = await Promise.all([compose(), compose()]);
    expect(one).toEqual(two);
    expect((await compose({ key: 'f'.repeat(64) })).id).not.toBe(one.id);
  });

  it('name the group’s first mail in all that follow', async () => {
    const thread = '<abc@example.com>';
    const answer = await compose({ thread });
    const { headers } = parse(answer.raw.toString('latin1'));
    expect([answer.thread, headers.get('In-Reply-To'), headers.get('References')]).toEqual([thread, thread, thread]);
  });
});
