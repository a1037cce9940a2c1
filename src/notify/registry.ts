import type { z } from 'zod';
import { alertmanager } from './alertmanager.ts';

/** Every kind of receiver. A new one is its own file and one line here. */
export const receiverTypes = [alertmanager] as const;

export type ReceiverSettings = z.output<(typeof receiverTypes)[number]['schema']>;
