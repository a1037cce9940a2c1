import { rankOf } from '../../core/severity.ts';
import type { Message } from '../contract.ts';
import { type Entry, entriesOf } from '../text/entries.ts';
import { oneLine } from '../text/line.ts';
import { cutMarkdown, escapeButLinks, escapeButQuietLinks, escapeMarkdown, markdownLink } from '../text/markdown.ts';
import { render, renderOwn } from '../text/template.ts';
import { gravest } from '../text/title.ts';
import { type AlertView, type MessageView, type Teller, viewOf } from '../text/view.ts';

/** Source of the limits: https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const MOST_CONTENT = 2000;
const MOST_TITLE = 256;
const MOST_DESCRIPTION = 4096;
const MOST_URL = 2048;
const MOST_EMBEDS = 10;
/** Of all embeds together Discord takes 6000. */
const MOST_TOTAL = 5800;
/** There is no use in an alert's beginning that is shorter. */
const LEAST_ENTRY = 80;
const MOST_ENTRY = 1500;

/** By rank. */
const COLOURS = [0xb3261e, 0xe8590c, 0xe0a800, 0x1971c2] as const;
const RESOLVED = 0x2b8a3e;

export interface DiscordSender extends Teller {
  readonly template?: { readonly title?: string | undefined; readonly text?: string | undefined } | undefined;
}

interface Embed {
  readonly title?: string;
  readonly url?: string;
  readonly description?: string;
  readonly color: number;
}

/** What Discord's webhooks take. */
export interface DiscordMessage {
  readonly content: string;
  readonly embeds: readonly Embed[];
  readonly allowed_mentions: { readonly parse: readonly never[] };
}

/**
 * A message for a webhook: its title as the text that phones show, then an embed for each alert. Nobody is mentioned, whatever it says.
 * Source: https://docs.discord.com/developers/resources/webhook#execute-webhook
 */
export function toDiscordMessage(message: Message, sender: DiscordSender, nowMs: number): DiscordMessage {
  const view = viewOf(message, sender, nowMs);
  const own = renderOwn(sender.template?.title, '**{{title}}**', view, escapeButQuietLinks);
  const content = cutMarkdown(oneLine(own) || escapeMarkdown(view.title) || 'Outrider', MOST_CONTENT);
  return { content, embeds: embedsOf(message, view, sender), allowed_mentions: { parse: [] } };
}

function embedsOf(message: Message, view: MessageView, { template }: DiscordSender): readonly Embed[] {
  const own = template?.text === undefined ? '' : ownText(template.text, view);
  if (own === '') return listOf(view);
  return [{ description: cutMarkdown(own, MOST_DESCRIPTION), color: colourOfAll(message) }];
}

/** What a person's template makes of it; nothing where it fails or says nothing. */
function ownText(template: string, view: MessageView): string {
  try {
    return render(template, view, escapeButLinks).toWellFormed().trim();
  } catch {
    return '';
  }
}

/** As many alerts as there is place for, and how many are left out. */
function listOf(view: MessageView): readonly Embed[] {
  const entries = entriesOf(view);
  const embeds: Embed[] = [];
  let left = MOST_TOTAL;
  for (const entry of entries) {
    if (left < LEAST_ENTRY || embeds.length === MOST_EMBEDS - 1) break;
    const embed = embedOf(entry, Math.min(MOST_ENTRY, left));
    left -= (embed.title ?? '').length + (embed.description ?? '').length;
    if (left < 0) break;
    embeds.push(embed);
  }
  const leftOut = entries.length - embeds.length;
  if (leftOut === 0) return embeds;
  const count = `${leftOut} more ${leftOut === 1 ? 'alert is' : 'alerts are'} not shown here`;
  const where = markdownLink('all alerts', view.url);
  return [...embeds, { description: where === '' ? count : `${count}: ${where}`, color: COLOURS[3] }];
}

function embedOf({ alert, head, lines }: Entry, most: number): Embed {
  const links = linksOf(alert);
  const title = cutMarkdown(escapeMarkdown(oneLine(head)), MOST_TITLE);
  const text = escapeMarkdown(lines.join('\n'));
  const room = most - title.length - links.length - 1;
  return {
    ...(title === '' ? {} : { title }),
    ...(title === '' || alert.url === '' || alert.url.length > MOST_URL ? {} : { url: alert.url }),
    description: `${cutMarkdown(text, Math.max(room, LEAST_ENTRY / 2))}${links === '' ? '' : `\n${links}`}`,
    color: colourOf(alert),
  };
}

const linksOf = ({ url, runbook, dashboard }: AlertView): string =>
  [markdownLink('Outrider', url), markdownLink('Runbook', runbook), markdownLink('Dashboard', dashboard)]
    .filter((link) => link !== '')
    .join(' · ');

const colourOf = ({ firing, severity }: AlertView): number =>
  firing ? (COLOURS[rankOf(severity)] ?? COLOURS[3]) : RESOLVED;

function colourOfAll({ changed, standing }: Message): number {
  const began = changed.flatMap(({ status, alert }) => (status === 'firing' ? [alert] : []));
  const root = gravest([...began, ...standing]);
  return root === undefined ? RESOLVED : (COLOURS[rankOf(root.severity)] ?? COLOURS[3]);
}
