import type { Labels } from '../core/labels.ts';
import type { Sample } from '../core/result.ts';
import type { Place } from './family.ts';

/** One series of a shape: which value it shows, and its labels as text: `,phase="connect"`. */
export interface Column {
  readonly index: number;
  readonly labelText: string;
}

/**
 * What the samples of a result look like, without their values. Targets of one kind share a shape, so that a
 * target costs its values alone, and /metrics finds a family's series without a search.
 */
export interface Shape {
  readonly keys: readonly { readonly name: string; readonly labels: Labels | undefined }[];
  /** By family id. */
  readonly columns: readonly (readonly Column[] | undefined)[];
}

/** Escapes a label value for both text formats. */
export const escapeLabel = (value: string): string =>
  /[\\"\n]/.test(value) ? value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n') : value;

/** `,name="value"` for each label, in their order. */
export function labelText(labels: Labels): string {
  let text = '';
  for (const name in labels) text += `,${name}="${escapeLabel(labels[name] ?? '')}"`;
  return text;
}

const textOf = (labels: Labels | undefined): string => (labels === undefined ? '' : labelText(labels));

/** Whether two label sets are the same; none and an empty one differ. */
export function sameLabels(a: Labels | undefined, b: Labels | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  let count = 0;
  for (const name in a) {
    if (a[name] !== b[name]) return false;
    count++;
  }
  return count === Object.keys(b).length;
}

/** Whether the samples look like this shape. */
export function fits(shape: Shape, samples: readonly Sample[]): boolean {
  const { keys } = shape;
  if (keys.length !== samples.length) return false;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const sample = samples[i];
    if (key === undefined || sample === undefined) return false;
    if (key.name !== sample.name || !sameLabels(key.labels, sample.labels)) return false;
  }
  return true;
}

type PlaceOf = (name: string) => Place | undefined;

/** Shapes made so far, shared between targets. */
export interface Shapes {
  of(samples: readonly Sample[], kind: string, place: PlaceOf): Shape;
}

/** More are not kept: what a target measures may change with every probe. */
const MOST_KEPT = 2000;

/** `kind` tells apart targets whose samples of one name go to different families. */
export function openShapes(): Shapes {
  const made = new Map<string, Shape>();
  return {
    of(samples, kind, place) {
      // Shapes with labels come and go with what is measured: only those without are worth sharing.
      if (samples.some(({ labels }) => labels !== undefined)) return makeShape(samples, place);
      const id = `${kind}\n${samples.map(({ name }) => name).join('\n')}`;
      const known = made.get(id);
      if (known !== undefined) return known;
      if (made.size >= MOST_KEPT) made.clear();
      const shape = makeShape(samples, place);
      made.set(id, shape);
      return shape;
    },
  };
}

function makeShape(samples: readonly Sample[], place: PlaceOf): Shape {
  const columns: Column[][] = [];
  for (const [index, { name, labels }] of samples.entries()) {
    const at = place(name);
    if (at === undefined) continue;
    const column = { index, labelText: labelText(at.labels) + textOf(labels) };
    const list = columns[at.family.id];
    if (list === undefined) columns[at.family.id] = [column];
    else list.push(column);
  }
  return { keys: samples.map(({ name, labels }) => ({ name, labels })), columns };
}
