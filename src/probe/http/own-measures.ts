import type { Gap, Sample } from '../../core/result.ts';
import { compileJsonPath } from './json-path.ts';
import { toNumber } from './json-test.ts';
import { BASE_UNIT } from './measures.ts';
import type { Page } from './page.ts';
import { compileRegex } from './regex.ts';
import type { HttpSettings, MeasureSettings } from './schema.ts';

/** What the measures of a config's own came to. */
export interface OwnMeasures {
  readonly samples: readonly Sample[];
  readonly gaps: readonly Gap[];
}

export interface OwnMeasuring {
  readonly needsBody: boolean;
  measure(page: Page): OwnMeasures;
}

/** The number as it is written, or why there is none. */
type Read = (page: Page) => number | string;

const NOTHING: OwnMeasures = { samples: [], gaps: [] };

/** Makes the measures of a config’s own ready. */
export function compileOwnMeasures(settings: HttpSettings['measure']): OwnMeasuring {
  const all = Object.entries(settings ?? {}).map(([name, one]) => ({
    name,
    read: reader(one),
    divisor: BASE_UNIT[one.unit].divisor,
  }));
  if (all.length === 0) return { needsBody: false, measure: () => NOTHING };
  return {
    needsBody: Object.values(settings ?? {}).some((one) => one.header === undefined),
    measure(page) {
      const samples: Sample[] = [];
      const gaps: Gap[] = [];
      for (const { name, read, divisor } of all) {
        const found = read(page);
        if (typeof found === 'number') samples.push({ name, value: found / divisor });
        else gaps.push({ measures: [name], why: found });
      }
      return { samples, gaps };
    },
  };
}

function reader({ json, regex, header }: MeasureSettings): Read {
  if (json !== undefined) return jsonReader(json);
  if (header !== undefined) return headerReader(header);
  return regexReader(regex ?? { source: '', flags: '' });
}

function jsonReader(path: string): Read {
  const select = compileJsonPath(path);
  return (page) => {
    const json = page.json();
    if (!json.ok) return json.why === 'truncated' ? 'the body is too long' : 'the body is not JSON';
    const [value] = select(json.document);
    if (value === undefined) return `${path} is not in the body`;
    return toNumber(value) ?? `${path} is not a number`;
  };
}

function headerReader(name: string): Read {
  const key = name.toLowerCase();
  return ({ head }) => {
    const value = head.headers.get(key);
    if (value === undefined) return `there is no header ${name}`;
    return toNumber(value) ?? `the header ${name} is not a number`;
  };
}

function regexReader(regex: NonNullable<MeasureSettings['regex']>): Read {
  const { extract } = compileRegex(regex);
  const written = `/${regex.source}/${regex.flags}`;
  return (page) => {
    const text = extract(page.text());
    if (text === undefined) return `${written} is not in the body`;
    return toNumber(text) ?? `what ${written} finds is not a number`;
  };
}
