import { nearest } from '../core/nearest.ts';
import { type ReceiverSettings, receiverTypes } from '../notify/registry.ts';
import { type Checking, checked, complain } from './checked.ts';
import { childOf, type MapNode, type Path, textOf } from './located.ts';

type Kind = (typeof receiverTypes)[number];

/** A receiver as it is written. */
export interface WrittenReceiver {
  readonly name: string;
  readonly path: Path;
  readonly node: MapNode;
  readonly settings: ReceiverSettings;
}

/** The names of the receiver types. */
export const RECEIVER_NAMES = receiverTypes.map(({ type }) => type);

/** Every receiver of `notify` that is as its type wants it; `type` is the name unless given. */
export function readReceivers(checking: Checking): readonly WrittenReceiver[] {
  const notify = childOf(checking.root, 'notify');
  if (notify?.kind !== 'map') return [];
  return [...notify.entries.keys()].flatMap((name) => readReceiver(checking, notify, name) ?? []);
}

function readReceiver(checking: Checking, notify: MapNode, name: string): WrittenReceiver | undefined {
  const path = ['notify', name];
  const node = childOf(notify, name);
  if (node?.kind !== 'map') {
    complain(checking, path, { message: 'expected the settings of a receiver: a map' });
    return undefined;
  }
  const given = childOf(node, 'type');
  const type = given === undefined ? name : textOf(given);
  if (type === undefined) {
    complain(checking, [...path, 'type'], { message: `expected one of ${RECEIVER_NAMES.join(', ')}` });
    return undefined;
  }
  const kind: Kind | undefined = receiverTypes.find((each) => each.type === type);
  if (kind === undefined) {
    sayUnknown(checking, path, given === undefined, type);
    return undefined;
  }
  const settings = checked(checking, kind.schema, withType(node, kind.type), path);
  return settings === undefined ? undefined : { name, path, node, settings };
}

function sayUnknown(checking: Checking, path: Path, byName: boolean, type: string): void {
  const suggestion = nearest(type, RECEIVER_NAMES);
  const types = RECEIVER_NAMES.join(', ');
  const message = byName
    ? `no receiver type has this name; expected one of ${types}, or a "type" among the settings`
    : `no receiver type is called "${type}"; expected one of ${types}`;
  const at = byName ? path : [...path, 'type'];
  const key = byName ? ({ key: true } as const) : {};
  complain(checking, at, { ...key, message, ...(suggestion === undefined ? {} : { suggestion }) });
}

function withType(node: MapNode, type: string): MapNode {
  if (node.entries.has('type')) return node;
  const value = { kind: 'scalar', value: type, source: node.source, offset: node.offset, end: node.offset } as const;
  return { ...node, entries: new Map([...node.entries, ['type', { key: 'type', at: node, value }]]) };
}
