import { rankOf } from '../../core/severity.ts';
import type { Message } from '../contract.ts';
import { type Entry, entriesOf } from '../text/entries.ts';
import { cut, oneLine } from '../text/line.ts';
import { cutMarkdown, escapeButLinks } from '../text/markdown.ts';
import { plain, render, renderOwn } from '../text/template.ts';
import { gravest } from '../text/title.ts';
import { type AlertView, type MessageView, type Teller, viewOf } from '../text/view.ts';

/** Teams says that it takes 28 kB, and was seen to refuse 22. Source: https://learn.microsoft.com/connectors/teams/#known-issues-and-limitations-with-actions */
const MOST_BYTES = 20_000;
/** What stands around the alerts: title, actions, what is left out. */
const AROUND_BYTES = 8000;
const MOST_ALERT_BYTES = 6000;
const MOST_TITLE = 500;
const MOST_LINE = 1000;
const MOST_TEXT = 4000;
const LONGEST_LINK = 1000;

/** By rank; of resolved ones `good`. */
const COLOURS = ['attention', 'attention', 'warning', 'accent'] as const;
type Colour = (typeof COLOURS)[number] | 'good';

export interface TeamsSender extends Teller {
  readonly template?: { readonly title?: string | undefined; readonly text?: string | undefined } | undefined;
}

interface OpenUrl {
  readonly type: 'Action.OpenUrl';
  readonly title: string;
  readonly url: string;
}
interface TextRun {
  readonly type: 'TextRun';
  readonly text: string;
  readonly weight?: 'bolder';
  readonly size?: 'large';
  readonly color?: Colour;
  readonly selectAction?: OpenUrl;
}
type Element =
  | {
      readonly type: 'RichTextBlock';
      readonly inlines: readonly TextRun[];
      readonly separator?: true;
      readonly spacing?: 'small' | 'none';
    }
  | { readonly type: 'TextBlock'; readonly text: string; readonly wrap: true };
type Style = {
  readonly type: 'Container';
  readonly style: Colour;
  readonly bleed: true;
  readonly items: readonly Element[];
};

/**
 * A message with an Adaptive Card, as the workflow “Post to a channel when a webhook request is received” takes it. What targets say
 * stands in text runs, which know no Markdown. Source: https://adaptivecards.io/explorer/TextRun.html
 */
export function toTeamsMessage(message: Message, sender: TeamsSender, nowMs: number) {
  const view = viewOf(message, sender, nowMs);
  const own = oneLine(renderOwn(sender.template?.title, '{{title}}', view, plain));
  const title = cut(own || view.title || 'Outrider', MOST_TITLE);
  const colour = colourOfAll(message);
  const header: Style = {
    ...{ type: 'Container', style: colour, bleed: true },
    items: [line({ text: title, weight: 'bolder', size: 'large', color: colour })],
  };
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.5',
    fallbackText: title,
    msteams: { width: 'Full' },
    body: [header, ...bodyOf(view, sender)],
    actions: actionsOf(view),
  };
  return { type: 'message', attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }] };
}

const line = (run: Omit<TextRun, 'type'>, rest: { separator?: true; spacing?: 'small' | 'none' } = {}): Element => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', ...run }],
  ...rest,
});

function colourOfAll({ changed, standing }: Message): Colour {
  const began = changed.flatMap(({ status, alert }) => (status === 'firing' ? [alert] : []));
  const root = gravest([...began, ...standing]);
  return root === undefined ? 'good' : (COLOURS[rankOf(root.severity)] ?? 'accent');
}

function bodyOf(view: MessageView, { template }: TeamsSender): readonly Element[] {
  const own = template?.text === undefined ? '' : ownText(template.text, view);
  return own === '' ? listOf(view) : [{ type: 'TextBlock', text: cutMarkdown(own, MOST_TEXT), wrap: true }];
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
function listOf(view: MessageView): readonly Element[] {
  const entries = entriesOf(view);
  const elements: Element[] = [];
  let left = MOST_BYTES - AROUND_BYTES;
  let shown = 0;
  for (const entry of entries) {
    const made = elementsOf(entry);
    left -= bytesOf(made);
    if (left < 0) break;
    elements.push(...made);
    shown += 1;
  }
  const leftOut = entries.length - shown;
  if (leftOut === 0) return elements;
  const count = `${leftOut} more ${leftOut === 1 ? 'alert is' : 'alerts are'} not shown here`;
  return [...elements, line({ text: count }, { separator: true })];
}

function elementsOf({ alert, head, lines }: Entry): readonly Element[] {
  const link = openUrl('Outrider', alert.url);
  const title: TextRun = {
    ...{ type: 'TextRun', text: cut(oneLine(head), MOST_TITLE), weight: 'bolder', color: colourOf(alert) },
    ...(link === undefined ? {} : { selectAction: link }),
  };
  const heads: readonly Element[] = head === '' ? [] : [{ type: 'RichTextBlock', inlines: [title], separator: true }];
  const texts = lines.flatMap((each) => each.split('\n')).map(oneLine);
  return [...heads, ...textsOf(texts.filter((text) => text !== ''))];
}

/** The lines of an alert for which there is place. */
function textsOf(texts: readonly string[]): readonly Element[] {
  const elements: Element[] = [];
  let left = MOST_ALERT_BYTES;
  for (const text of texts) {
    const element = line({ text: cut(text, MOST_LINE) }, { spacing: 'small' });
    left -= bytesOf(element);
    if (left < 0) break;
    elements.push(element);
  }
  return elements;
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const colourOf = ({ firing, severity }: AlertView): Colour =>
  firing ? (COLOURS[rankOf(severity)] ?? 'accent') : 'good';

/** The pages of the gravest of what fires, else of what ended. */
function actionsOf({ began, standing, ended, url }: MessageView): readonly OpenUrl[] {
  const firing = [...began, ...standing];
  const [first] = (firing.length > 0 ? firing : ended).toSorted((a, b) => rankOf(a.severity) - rankOf(b.severity));
  const pages = [
    openUrl('Outrider', first?.url ?? ''),
    openUrl('Runbook', first?.runbook ?? ''),
    openUrl('Dashboard', first?.dashboard ?? ''),
    openUrl('All alerts', url),
  ];
  return pages.filter((each) => each !== undefined);
}

const openUrl = (title: string, url: string): OpenUrl | undefined =>
  url === '' || url.length > LONGEST_LINK ? undefined : { type: 'Action.OpenUrl', title, url };
