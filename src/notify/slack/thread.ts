import { z } from 'zod';
import type { Delivery, Message } from '../contract.ts';
import type { Answer, Poster } from '../http/poster.ts';
import type { SlackMessage } from './message.ts';
import { asksToWait, codeIn, refusalOf } from './refusal.ts';

/** Where a message stands. */
interface Place {
  readonly channel: string;
  readonly ts: string;
}

type Called =
  | { readonly ok: true; readonly place: Place }
  | { readonly ok: false; readonly code: string; readonly delivery: Delivery };

const answerSchema = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  channel: z.string().optional(),
  ts: z.string().optional(),
});

/** The group's first message is not there any more, or where it is nothing can be said. */
const GONE: ReadonlySet<string> = new Set([
  'cannot_reply_to_message',
  'channel_not_found',
  'is_archived',
  'is_inactive',
  'message_not_found',
  'not_in_channel',
  'restricted_action_non_threadable_channel',
  'thread_not_found',
]);
/** It is there, and stays as it is. */
const FIXED: ReadonlySet<string> = new Set(['block_mismatch', 'cant_update_message', 'edit_window_closed']);

/** What a group's message says: of what changed, and of how it stands now. */
export interface Words {
  readonly change: SlackMessage;
  readonly state: SlackMessage;
}

/**
 * Tells a group in one thread: its first message always shows how it stands, each change is a reply.
 * Told again after half of it worked, the first message is updated to the same, and the reply alone is new.
 */
export async function tellInThread(
  message: Message,
  words: Words,
  channel: string,
  poster: Poster,
  signal: AbortSignal,
): Promise<Delivery> {
  const post = async () => told(await call('chat.postMessage', { ...words.change, ...QUIET, channel }, poster, signal));
  const place = message.step === 'first' || message.step === 'test' ? undefined : placeIn(message.thread);
  if (place === undefined) return post();
  const updated = await call('chat.update', { ...words.state, ...place, parse: 'none' }, poster, signal);
  if (!updated.ok && GONE.has(updated.code)) return post();
  if (!updated.ok && !FIXED.has(updated.code)) return updated.delivery;
  const reply = { ...words.change, ...QUIET, channel: place.channel, thread_ts: place.ts };
  const isSeen = !updated.ok || message.step === 'more' || message.step === 'reminder';
  const replied = await call('chat.postMessage', isSeen ? { ...reply, reply_broadcast: true } : reply, poster, signal);
  if (!replied.ok && GONE.has(replied.code)) return post();
  return replied.ok ? { ok: true, thread: threadOf(place) } : replied.delivery;
}

/** Nothing that merely looks like a name or an address is one, and no page is shown in small. */
const QUIET = { parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false } as const;

const told = (called: Called): Delivery => (called.ok ? { ok: true, thread: threadOf(called.place) } : called.delivery);

const threadOf = ({ channel, ts }: Place): string => `${channel}:${ts}`;

function placeIn(thread: string | undefined): Place | undefined {
  const [channel = '', ts = ''] = (thread ?? '').split(':');
  return channel === '' || ts === '' ? undefined : { channel, ts };
}

async function call(method: string, body: object, poster: Poster, signal: AbortSignal): Promise<Called> {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const asked = await poster.ask(JSON.stringify(body), signal, { headers, under: `/${method}` });
  if (!asked.answered) return { ok: false, code: '', delivery: asked.delivery };
  return calledOf(asked.answer, poster);
}

/** Slack's API answers 200 to what it refuses too. */
function calledOf(answer: Answer, poster: Poster): Called {
  const said = answerSchema.safeParse(jsonOf(answer.body)).data;
  const isFine = answer.status >= 200 && answer.status < 300;
  if (isFine && said?.ok === true && said.channel !== undefined && said.ts !== undefined)
    return { ok: true, place: { channel: said.channel, ts: said.ts } };
  const code = codeIn(said?.error ?? '') ?? '';
  if (asksToWait(code)) return { ok: false, code, delivery: poster.judge({ ...answer, status: 429, body: code }) };
  if (code !== '') return { ok: false, code, delivery: refusalOf(code) };
  return { ok: false, code, delivery: isFine ? STRANGE : poster.judge(answer) };
}

/** A proxy's page, perhaps, or the beginning of a long answer. */
const STRANGE: Delivery = {
  ok: false,
  retry: true,
  reason: 'server',
  message: 'the answer is not Slack’s: is api_url right?',
  maybeTaken: true,
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
