import type { z } from 'zod';
import type { MeasureSpec } from '../core/measure.ts';
import type { ProbeType } from './contract.ts';
import { http } from './http/type.ts';
import { kafka } from './kafka/type.ts';
import { postgres } from './postgres/type.ts';
import { redis } from './redis/type.ts';

/** Every probe type. A new one is its own folder and one line here. */
export const probeTypes = [http, postgres, redis, kafka] as const;

export type ProbeSettings = z.output<(typeof probeTypes)[number]['schema']>;

const byName: ReadonlyMap<string, ProbeType> = new Map(
  probeTypes.map((type): [string, ProbeType] => [type.type, type]),
);

/** The type of that name. Throws where there is none: the config has been checked. */
export function probeTypeOf(name: string): ProbeType {
  const type = byName.get(name);
  if (type === undefined) throw new Error(`no probe type "${name}"`);
  return type;
}

/** The measures that a target defines for itself. */
export const ownMeasuresOf = (settings: { readonly type: string }): readonly MeasureSpec[] =>
  probeTypeOf(settings.type).ownMeasures?.(settings) ?? [];

/** Every measure that a target of these settings may have. */
export const measuresOf = (settings: { readonly type: string }): readonly MeasureSpec[] => [
  ...probeTypeOf(settings.type).measures,
  ...ownMeasuresOf(settings),
];
