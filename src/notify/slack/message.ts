import type { Severity } from '../../core/severity.ts';
import { rankOf } from '../../core/severity.ts';
import type { Message } from '../contract.ts';
import { entriesOf } from '../text/entries.ts';
import { oneLine } from '../text/line.ts';
import { plain, render, renderOwn } from '../text/template.ts';
import { gravest } from '../text/title.ts';
import { type AlertView, type MessageView, type Teller, viewOf } from '../text/view.ts';
import { escapeMarkup, escapeText, linkTo, shorten } from './text.ts';

/** Source of the limits: https://docs.slack.dev/reference/block-kit/blocks */
const MOST_HEADER = 150;
const MOST_SECTION = 3000;
const MOST_BLOCKS = 45;
/** Of a whole message: Slack refuses somewhere above 9,600 (`msg_blocks_too_long`) and says nowhere where. */
const MOST_TEXT = 6000;
const MOST_FALLBACK = 300;
/** There is no use in an alert's beginning that is shorter. */
const LEAST_ENTRY = 80;
const MOST_ENTRY = 1500;

/** By rank. */
const COLOURS = ['#b3261e', '#e8590c', '#e0a800', '#1971c2'] as const;
const RESOLVED = '#2b8a3e';

export interface SlackSender extends Teller {
  readonly template?: { readonly title?: string | undefined; readonly text?: string | undefined } | undefined;
  readonly mention?: Partial<Readonly<Record<Severity, string>>> | undefined;
}

interface Text {
  readonly type: 'plain_text' | 'mrkdwn';
  readonly text: string;
  readonly emoji?: false;
  readonly verbatim?: true;
}
type Block =
  | { readonly type: 'header' | 'section'; readonly text: Text }
  | { readonly type: 'context'; readonly elements: readonly Text[] };

/** What both webhooks and chat.postMessage take. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly attachments: readonly { readonly color: string; readonly blocks: readonly Block[] }[];
}

/**
 * A message in Slack's blocks. What targets say stands in texts without markup alone.
 * Source: https://docs.slack.dev/reference/block-kit/blocks
 */
export function toSlackMessage(message: Message, sender: SlackSender, nowMs: number): SlackMessage {
  const view = viewOf(message, sender, nowMs);
  const title = oneLine(renderOwn(sender.template?.title, '{{title}}', view, plain)) || view.title || 'Outrider';
  const header: Block = { type: 'header', text: unmarked(shorten(escapeText(title), MOST_HEADER)) };
  const mention = mentionOf(message, sender.mention);
  return {
    text: shorten(escapeText(title), MOST_FALLBACK),
    blocks: [header, ...(mention === undefined ? [] : [section(marked(mention))])],
    attachments: [{ color: colourOf(message), blocks: [...bodyOf(view, sender), ...footerOf(view)] }],
  };
}

const unmarked = (text: string): Text => ({ type: 'plain_text', text, emoji: false });
/** Verbatim: what merely looks like an address or a mention is none. */
const marked = (text: string): Text => ({ type: 'mrkdwn', text, verbatim: true });
const section = (text: Text): Block => ({ type: 'section', text });
const context = (...elements: readonly Text[]): Block => ({ type: 'context', elements });

/** Who is called for what begins. */
function mentionOf({ step, changed }: Message, mention: SlackSender['mention']): string | undefined {
  if (step !== 'first' && step !== 'more') return undefined;
  const began = changed.flatMap(({ status, alert }) => (status === 'firing' ? [alert] : []));
  const root = gravest(began);
  return root === undefined ? undefined : mention?.[root.severity];
}

function colourOf({ changed, standing }: Message): string {
  const began = changed.flatMap(({ status, alert }) => (status === 'firing' ? [alert] : []));
  const root = gravest([...began, ...standing]);
  return root === undefined ? RESOLVED : (COLOURS[rankOf(root.severity)] ?? COLOURS[3]);
}

function bodyOf(view: MessageView, { template }: SlackSender): readonly Block[] {
  const own = template?.text === undefined ? undefined : ownText(template.text, view);
  if (own === undefined) return listOf(view);
  return sectionsOf(own).map((text) => section(marked(text)));
}

/** What a person's template makes of it; nothing where it fails or says nothing. */
function ownText(template: string, view: MessageView): string | undefined {
  try {
    const text = render(template, view, escapeMarkup).toWellFormed().trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}

/** A text in parts that Slack takes, parted at ends of lines where it can be. */
function sectionsOf(text: string): readonly string[] {
  const parts: string[] = [];
  for (const line of shorten(text, MOST_TEXT).split('\n')) {
    const last = parts.at(-1);
    const fitting = shorten(line, MOST_SECTION);
    if (last === undefined || last.length + 1 + fitting.length > MOST_SECTION) parts.push(fitting);
    else parts[parts.length - 1] = `${last}\n${fitting}`;
  }
  return parts.filter((part) => part.trim() !== '');
}

/** As many alerts as there is place for, and how many are left out. */
function listOf(view: MessageView): readonly Block[] {
  const entries = entriesOf(view);
  const blocks: Block[] = [];
  let left = MOST_TEXT;
  let shown = 0;
  for (const { words, alert } of entries) {
    if (left < LEAST_ENTRY || blocks.length > MOST_BLOCKS - 2) break;
    const text = shorten(escapeText(words), Math.min(MOST_ENTRY, left));
    const links = linksOf(alert);
    blocks.push(section(unmarked(text)), ...(links === '' ? [] : [context(marked(links))]));
    left -= text.length + links.length;
    shown += 1;
  }
  const leftOut = entries.length - shown;
  if (leftOut === 0) return blocks;
  const where = linkTo(view.url, 'all alerts');
  const count = `${leftOut} more ${leftOut === 1 ? 'alert is' : 'alerts are'} not shown here`;
  return [...blocks, section(marked(where === '' ? count : `${count}: ${where}`))];
}

const linksOf = ({ url, runbook, dashboard }: AlertView): string =>
  [linkTo(url, 'Outrider'), linkTo(runbook, 'Runbook'), linkTo(dashboard, 'Dashboard')]
    .filter((link) => link !== '')
    .join(' · ');

/** Whose alerts they are, and where all of them are. */
function footerOf({ began, ended, standing, url }: MessageView): readonly Block[] {
  const service = shorten(escapeText(oneLine([...began, ...standing, ...ended][0]?.service ?? '')), MOST_FALLBACK);
  const all = linkTo(url, 'All alerts');
  const elements = [...(service === '' ? [] : [unmarked(service)]), ...(all === '' ? [] : [marked(all)])];
  return elements.length === 0 ? [] : [context(...elements)];
}
