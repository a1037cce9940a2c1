import { failureOf } from './broker-error.ts';
import { errorName } from './codec.ts';
import type { Ask } from './connections.ts';
import type { Findings } from './findings.ts';
import { GROUP_STATES, type GroupState } from './measures.ts';
import { type ChosenGroup, chooseGroups, type ListedGroup } from './select.ts';
import type { Broker, DescribedGroup } from './wire.ts';

const DESCRIPTION = ['group_members', 'group_state'] as const;
const ALL = ['lag', ...DESCRIPTION] as const;
const MOST_PER_REQUEST = 200;
const NOT_AUTHORIZED = 30;
/** Whatever else the answer is, the group is of yet another kind. */
const DESCRIBED: ReadonlySet<number> = new Set([0, NOT_AUTHORIZED]);

export interface GroupSeen {
  readonly name: string;
  readonly named: boolean;
  /** Where a broker has it; its coordinator knows its offsets. */
  readonly coordinator: Broker | undefined;
  /** Undefined where unknown. */
  readonly state: GroupState | undefined;
  readonly members: number | undefined;
}

interface Listed extends ListedGroup {
  readonly coordinator: Broker;
}
type Chosen = ChosenGroup<Listed>;

/** What is asked about groups, and of whom. */
export interface GroupQuestion {
  readonly ask: Ask;
  readonly knows: (broker: Broker, name: 'ConsumerGroupDescribe') => Promise<boolean>;
  readonly brokers: readonly Broker[];
  /** Names and patterns; undefined for all. */
  readonly wishes: readonly string[] | undefined;
  readonly max: number;
  /** Whether some of the groups' own partitions have no leader: then a group that nobody lists may exist all the same. */
  readonly incomplete: boolean;
}

/** The groups wished for, with their states and members. Each broker lists the groups that it coordinates: nothing is created by asking. */
export async function lookAtGroups(question: GroupQuestion, findings: Findings): Promise<readonly GroupSeen[]> {
  const { brokers, wishes, max } = question;
  const lists = await Promise.all(brokers.map((broker) => listGroups(question, broker, findings)));
  const complete = !question.incomplete && lists.every((list) => list !== undefined);
  const { chosen, matching } = chooseGroups(
    lists.flatMap((list) => list ?? []),
    wishes,
    max,
  );
  if (matching > chosen.length)
    findings.add(ALL, `only ${chosen.length} of ${matching} groups are measured (limits.series)`);
  const there = brokers.map((broker) => chosen.filter(({ listed }) => listed?.coordinator === broker));
  const seen = await Promise.all(
    there.flatMap((groups) => [...inChunks(groups)]).map((some) => describe(question, some, findings)),
  );
  const absent = chosen.filter(({ listed }) => listed === undefined);
  return [...seen.flat(), ...(await judgeAbsent(question, absent, complete, findings))];
}

async function listGroups({ ask }: GroupQuestion, broker: Broker, findings: Findings): Promise<Listed[] | undefined> {
  try {
    const { errorCode, groups } = await ask(broker, 'ListGroups', {});
    if (errorCode === 0) return groups.map((group) => ({ ...group, coordinator: broker }));
    findings.add(ALL, `broker ${broker.nodeId} does not list its groups: ${errorName(errorCode)}`);
  } catch (error) {
    findings.add(ALL, `broker ${broker.nodeId} does not list its groups: ${failureOf(error).message}`);
  }
  return undefined;
}

function* inChunks(groups: readonly Chosen[]): Generator<readonly Chosen[]> {
  for (let at = 0; at < groups.length; at += MOST_PER_REQUEST) yield groups.slice(at, at + MOST_PER_REQUEST);
}

/** Describes groups of one coordinator. */
async function describe(question: GroupQuestion, groups: readonly Chosen[], findings: Findings): Promise<GroupSeen[]> {
  const coordinator = groups[0]?.listed?.coordinator;
  if (coordinator === undefined) return [];
  const byName = new Map<string, DescribedGroup>();
  try {
    const groupIds = groups.map(({ name }) => name);
    const { groups: classic } = await question.ask(coordinator, 'DescribeGroups', { groupIds });
    for (const group of classic) byName.set(group.groupId, group);
    const dead = classic.filter(({ state, errorCode }) => errorCode === 0 && state === 'Dead');
    for (const group of await describeNew(question, coordinator, dead)) byName.set(group.groupId, group);
  } catch (error) {
    findings.add(DESCRIPTION, `broker ${coordinator.nodeId} does not describe its groups: ${failureOf(error).message}`);
  }
  return groups.map(({ name, named }) => ({ name, named, coordinator, ...judge(name, byName.get(name), findings) }));
}

/** Groups that exist and yet read as Dead are of the new protocol (KIP-848), or of a kind that cannot be described at all. */
async function describeNew({ ask, knows }: GroupQuestion, coordinator: Broker, dead: readonly DescribedGroup[]) {
  if (dead.length === 0) return [];
  const groupIds = dead.map((group) => group.groupId);
  if (!(await knows(coordinator, 'ConsumerGroupDescribe'))) return dead.map(undescribed);
  const { groups } = await ask(coordinator, 'ConsumerGroupDescribe', { groupIds });
  return groups.map((group) => (DESCRIBED.has(group.errorCode) ? group : undescribed(group)));
}

const undescribed = (group: DescribedGroup): DescribedGroup => ({ ...group, errorCode: 0, state: '' });

function judge(
  name: string,
  group: DescribedGroup | undefined,
  findings: Findings,
): Pick<GroupSeen, 'state' | 'members'> {
  const unknown = { state: undefined, members: undefined };
  if (group === undefined) return unknown;
  const state = GROUP_STATES.find((known) => known === group.state);
  if (group.errorCode === 0 && state !== undefined) return { state, members: group.members.length };
  const why =
    group.errorCode === 0 ? 'the broker does not tell the state of this kind of group' : errorName(group.errorCode);
  findings.add(DESCRIPTION, why, `group "${name}"`);
  return unknown;
}

/** A named group that no broker lists does not exist, unless not all could be asked or this user may not see it. */
async function judgeAbsent(
  { ask, brokers: [anyone] }: GroupQuestion,
  groups: readonly Chosen[],
  complete: boolean,
  findings: Findings,
): Promise<GroupSeen[]> {
  const unknown = { coordinator: undefined, state: undefined, members: undefined };
  if (groups.length === 0) return [];
  if (!complete || anyone === undefined) {
    for (const { name } of groups)
      findings.add(ALL, 'not found, but some groups cannot be listed now', `group "${name}"`);
    return groups.map(({ name, named }) => ({ name, named, ...unknown }));
  }
  const hidden = new Set<string>();
  try {
    // Permission is checked before coordinatorship, so any broker can tell.
    const asked = await ask(anyone, 'DescribeGroups', { groupIds: groups.map(({ name }) => name) });
    for (const { groupId, errorCode } of asked.groups) if (errorCode === NOT_AUTHORIZED) hidden.add(groupId);
  } catch (error) {
    findings.add(DESCRIPTION, `groups could not be looked for: ${failureOf(error).message}`);
    return groups.map(({ name, named }) => ({ name, named, ...unknown }));
  }
  for (const name of hidden) findings.add(ALL, errorName(NOT_AUTHORIZED), `group "${name}"`);
  return groups.map(({ name, named }) =>
    hidden.has(name)
      ? { name, named, ...unknown }
      : { name, named, coordinator: undefined, state: 'Dead' as const, members: 0 },
  );
}
