import type { z } from 'zod';
import { alertmanager } from './alertmanager.ts';
import type { ReceiverType } from './contract.ts';
import { discord } from './discord/type.ts';
import { email } from './email/type.ts';
import { exec } from './exec/type.ts';
import { msteams } from './msteams/type.ts';
import { pagerduty } from './pagerduty/type.ts';
import { slack } from './slack/type.ts';
import { sms } from './sms/type.ts';
import { webhook } from './webhook/type.ts';

/** Every kind of receiver. A new one is its own file and one line here. */
export const receiverTypes = [alertmanager, webhook, slack, pagerduty, email, sms, exec, msteams, discord] as const;

export type ReceiverSettings = z.output<(typeof receiverTypes)[number]['schema']>;

const byName: ReadonlyMap<string, ReceiverType> = new Map(
  receiverTypes.map((type): [string, ReceiverType] => [type.type, type]),
);

/** The kind of that name. Throws where there is none: the config has been checked. */
export function receiverTypeOf(name: string): ReceiverType {
  const type = byName.get(name);
  if (type === undefined) throw new Error(`no receiver type "${name}"`);
  return type;
}
