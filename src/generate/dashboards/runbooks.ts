import { sentence } from './line.ts';
import { runbookUrl } from './measure-panel.ts';
import type { Panel, Section } from './panel.ts';
import type { Subject } from './subject.ts';

/** What alerts a type has, and where to read what to do. */
export function alertsSection(subject: Subject): readonly Section[] {
  const lines = new Map(
    subject.watches.map((watch) => [
      `${sentence(watch)} ${watch.runbook}`,
      `- [${watch.name}](${runbookUrl(watch.name, watch.runbook)})${plain(sentence(watch).slice(watch.name.length))}`,
    ]),
  );
  if (lines.size === 0) return [];
  const panel: Panel = {
    kind: 'text',
    title: `Alerts of ${subject.title}`,
    description: 'The alerts in force, with their conditions; each links to what to do.',
    queries: [],
    unit: 'none',
    width: 24,
    height: Math.min(12, 2 + Math.ceil(lines.size * 0.65)),
    text: [...lines.values()].join('\n'),
  };
  return [{ title: 'Alerts and what to do', panels: [panel] }];
}

/** A condition as Markdown that is shown as it is written. */
const plain = (text: string): string => text.replace(/: (.*)$/, ': `$1`');
