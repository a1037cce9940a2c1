/** What a YAML file holds, as plain values. */
export type Plain = string | number | boolean | null | undefined | readonly Plain[] | PlainMap;
export interface PlainMap {
  readonly [key: string]: Plain;
}

export const isMap = (value: Plain): value is PlainMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const mapOf = (value: Plain): PlainMap => (isMap(value) ? value : {});

export const listOf = (value: Plain): readonly Plain[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

/** A scalar as the text that it was; undefined for anything else. */
export const textOf = (value: Plain): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;

export const textsOf = (value: Plain): readonly string[] =>
  listOf(value).flatMap((each) => {
    const text = textOf(each);
    return text === undefined ? [] : [text];
  });
