import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Shown } from './panel.ts';

/** Single values in one mapping, ranges (`200..299`) in one each. */
export function mappings(shown: readonly Shown[]): ValueMapping[] {
  const single = shown.filter(({ value }) => !value.includes('..'));
  const ranges = shown.filter(({ value }) => value.includes('..'));
  const options = Object.fromEntries(single.map(({ value, text, color }, index) => [value, { text, color, index }]));
  return [
    ...(single.length === 0 ? [] : [{ type: MappingType.ValueToText as const, options }]),
    ...ranges.map(({ value, text, color }) => {
      const [from = 0, to = 0] = value.split('..').map(Number);
      return { type: MappingType.RangeToText as const, options: { from, to, result: { text, color } } };
    }),
  ];
}
