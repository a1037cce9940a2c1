import type { z } from 'zod';
import { http } from './http/type.ts';
import { kafka } from './kafka/type.ts';
import { postgres } from './postgres/type.ts';
import { redis } from './redis/type.ts';

/** Every probe type. A new one is its own folder and one line here. */
export const probeTypes = [http, postgres, redis, kafka] as const;

export type ProbeSettings = z.output<(typeof probeTypes)[number]['schema']>;
