import { oneLine } from '../text/line.ts';
import { plain, renderOwn } from '../text/template.ts';
import type { MessageView } from '../text/view.ts';

/** Twilio takes no more. Source: https://www.twilio.com/docs/messaging/api/message-resource */
const MOST_CHARS = 1600;
/** Two or three text messages: nobody reads more on a lock screen, and each is paid for. */
const OUR_CHARS = 320;
/** A longer link would leave too little for words. */
const LINK_CHARS = 160;
const OURS = '{{title}}';

/** What a text message says: the title, what is known, and a link to Outrider; or what a person's template makes of it. */
export function smsText(view: MessageView, own: string | undefined): string {
  const written = own === undefined ? '' : cutWhole(withoutControls(renderOwn(own, OURS, view, plain)), MOST_CHARS);
  return written === '' ? ours(view) : written;
}

function ours(view: MessageView): string {
  const all = [...view.began, ...view.standing, ...view.ended];
  const said = view.over ? '' : oneLine(view.began[0]?.description ?? '');
  const own = all.length === 1 ? (all[0]?.url ?? '') : '';
  const link = own === '' ? view.url : own;
  const end = link === '' || link.length > LINK_CHARS ? '' : `\n${link}`;
  const words = said === '' ? view.title : `${view.title}\n${said}`;
  return cutWhole(withoutControls(words), OUR_CHARS - end.length) + end;
}

/** Three dots rather than their own character, which would halve what fits into a text message. */
const DOTS = '...';

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The beginning of a text in at most `most` UTF-16 units; nothing that a reader takes for one character is cut in two. */
export function cutWhole(text: string, most: number): string {
  if (text.length <= most) return text;
  let end = 0;
  // A cluster may be as long as a text likes; only where it begins matters.
  for (const { index, segment } of segmenter.segment(text.slice(0, most + 1))) {
    if (index + segment.length > most - DOTS.length) break;
    end = index + segment.length;
  }
  return text.slice(0, end).trimEnd() + DOTS;
}

/** Line breaks stay; what cannot be seen goes. */
const withoutControls = (text: string): string =>
  text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map(oneLine)
    .join('\n')
    .trim();
