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
  readonly keys: readonly { readonly name: string; readonly labels: Labels | undefined; readonly labelText: string }[];
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

/** Whether the samples look like this shape. */
export function fits(shape: Shape, samples: readonly Sample[]): boolean {
  const { keys } = shape;
  if (keys.length !== samples.length) return false;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    const sample = samples[i];
    if (key === undefined || sample === undefined || key.name !== sample.name) return false;
    if (key.labels !== sample.labels && key.labelText !== textOf(sample.labels)) return false;
  }
  return true;
}

/** Shapes made so far, shared between targets. */
export interface Shapes {
  of(samples: readonly Sample[], kind: string, place: (name: string) => Place | undefined): Shape;
}

/** `kind` tells apart targets whose samples of one name go to different families. */
export function openShapes(): Shapes {
  const made = new Map<string, Shape>();
  return {
    of(samples, kind, place) {
      const keys = samples.map((s) => ({ name: s.name, labels: s.labels, labelText: textOf(s.labels) }));
      const id = `${kind}\n${keys.map((key) => key.name + key.labelText).join('\n')}`;
      const known = made.get(id);
      if (known !== undefined) return known;
      // Shapes with labels come and go with what is measured: only those without are few enough to keep.
      const columns: Column[][] = [];
      for (const [index, key] of keys.entries()) {
        const at = place(key.name);
        if (at === undefined) continue;
        const column = { index, labelText: labelText(at.labels) + key.labelText };
        const list = columns[at.family.id];
        if (list === undefined) columns[at.family.id] = [column];
        else list.push(column);
      }
      const shape = { keys, columns };
      if (keys.every((key) => key.labels === undefined)) made.set(id, shape);
      return shape;
    },
  };
}
