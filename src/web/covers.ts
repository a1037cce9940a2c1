import type { Alert } from '../core/alert.ts';
import { moment } from './format.ts';
import type { Site } from './site.ts';

/** What keeps an alert quiet, for people: `maintenance nightly backup until 2026-03-01 03:30 UTC`. */
export type Covers = (alert: Alert) => readonly string[];

/** Looks up silences and maintenance windows by the ids that alerts name; asked for only where some alert does. */
export function openCovers({ view, showsDetails }: Site): Covers {
  let known: ReadonlyMap<string, string> | undefined;
  const read = (): ReadonlyMap<string, string> => {
    const told = showsDetails();
    const silences = view.silences().map(({ id, createdBy, comment, endsAtMs }): [string, string] => {
      const said = comment === '' ? '' : `: ${comment}`;
      return [
        id,
        told ? `silence of ${createdBy} until ${moment(endsAtMs)}${said}` : `silence until ${moment(endsAtMs)}`,
      ];
    });
    const maintenance = view
      .maintenance()
      .map(({ id, name, endsAtMs }): [string, string] => [id, `maintenance ${name} until ${moment(endsAtMs)}`]);
    return new Map([...silences, ...maintenance]);
  };
  return ({ silencedBy }) =>
    silencedBy.map((id) => {
      known ??= read();
      return known.get(id) ?? `silence ${id}`;
    });
}
