import type { GroupFinding, PartitionFinding } from '../../shared/domain/finding.ts';
import { judge } from '../../shared/domain/judge.ts';
import type { ClusterMemory } from '../../shared/domain/memory/cluster-memory.ts';
import { remember } from '../../shared/domain/memory/remember.ts';
import { type Offset, toOffset } from '../../shared/domain/offset.ts';
import { defaultPolicy, type Policy, type PolicyFor } from '../../shared/domain/policy.ts';
import { type GroupReading, measure } from '../../shared/domain/reading.ts';
import type {
  DatedOffset,
  GroupSnapshot,
  Member,
  Snapshot,
  TopicConfig,
  TopicSnapshot,
} from '../../shared/domain/snapshot.ts';
import type { Unread } from '../../shared/domain/unread.ts';
import { silence } from './snapshot-notation.ts';

/**
 * Groups over time, in a few lines. Each line names something and tells its columns, one value a poll; the last value
 * of a column goes on for ever. `7*3` is three polls of 7; `+5*3` three polls, each 5 more than the one before.
 *
 *     polls: 10 -120 1                                      ten polls, 120 missed, one more; else as the longest column
 *     orders    id: A*5 B                                   a topic
 *     orders-0  end: 10 +10*5 ?  start: 0  stable: 10       a log; `?` not read; start is 0, stable is end if not told
 *     orders-0  committed: 10*3 -  owner: a*5 -             the group's place there; `-` none, `?` not read
 *     group billing  members: a,b*5 - ?  state: Stable*5 Empty  seen: yes*5 ? -
 *
 * Lines under a `group` line are of that group, those above the first one of `billing`. Members are the owners and the
 * state follows from them, if not told. `subscribed:` is a column of topics, all that the group has a line for if not told.
 * `seen`: `?` its commits were not read, `-` it was not listed. Columns go by time: a missed poll has a value as well.
 */
export type Scenario = string;

export interface ScenarioOptions {
  readonly policy?: Partial<Policy>;
  readonly everyMs?: number;
  readonly startsAt?: number;
  readonly config?: Partial<TopicConfig>;
  readonly dated?: (at: number) => readonly DatedOffset[];
}

/** One poll of a scenario, and what was made of it. */
export interface ScenarioPoll {
  readonly snapshot: Snapshot;
  readonly readings: readonly GroupReading[];
  readonly memory: ClusterMemory;
  readonly findings: readonly GroupFinding[];
}

const minute = 60_000;

/** A quarter past midnight: no half day ends in a scenario of some hours. */
export const scenarioStart = Date.UTC(2026, 2, 1, 0, 15);

/** Every poll of the scenario that was not missed, in order. */
export function play(scenario: Scenario, options: ScenarioOptions = {}): ScenarioPoll[] {
  const policy = { ...defaultPolicy, ...options.policy };
  return playSnapshots(snapshotsOf(scenario, options), () => policy);
}

/** The last poll of the scenario. */
export function outcome(scenario: Scenario, options: ScenarioOptions = {}): ScenarioPoll {
  return play(scenario, options).at(-1) as ScenarioPoll;
}

/** Each snapshot remembered and judged in turn. */
export function playSnapshots(
  snapshots: readonly Snapshot[],
  policyFor: PolicyFor = () => defaultPolicy,
): ScenarioPoll[] {
  let previous: ClusterMemory | null = null;
  return snapshots.map((snapshot) => {
    const readings = measure(snapshot);
    const memory = remember(previous, snapshot, readings, policyFor);
    previous = memory;
    return { snapshot, readings, memory, findings: judge(readings, memory, snapshot, policyFor) };
  });
}

/** What is held of one group. @throws Error where it is not there. */
function groupIn({ findings }: Pick<ScenarioPoll, 'findings'>, group = 'billing'): GroupFinding {
  const found = findings.find(({ snapshot }) => snapshot.group === group);
  if (found === undefined) throw new Error(`no group ${group} in this poll`);
  return found;
}

/** What is held of one of its partitions. @throws Error where it is not there. */
export function partitionIn(
  poll: Pick<ScenarioPoll, 'findings'>,
  place = 'orders-0',
  group = 'billing',
): PartitionFinding {
  const found = groupIn(poll, group).partitions.find(
    ({ reading }) => `${reading.topic}-${reading.partition}` === place,
  );
  if (found === undefined) throw new Error(`${group} has no reading on ${place} in this poll`);
  return found;
}

type Columns = ReadonlyMap<string, readonly string[]>;
interface Line {
  readonly group: string;
  /** A topic, `topic-partition`, or `group`. */
  readonly subject: string;
  readonly columns: Columns;
}

/** The snapshots of the polls that were not missed. */
export function snapshotsOf(scenario: Scenario, options: ScenarioOptions = {}): Snapshot[] {
  let group = 'billing';
  let counts: number[] | null = null;
  const lines: Line[] = [];
  for (const text of scenario.split('\n').map((line) => line.trim())) {
    if (text === '') continue;
    const [head = '', ...columns] = text.split(/\s+(?=[a-z]+:)/);
    if (head.startsWith('polls:')) counts = head.split(/\s+/).slice(1).map(Number);
    else if (head.startsWith('group ')) {
      group = head.slice('group '.length);
      lines.push({ group, subject: 'group', columns: new Map(columns.map(columnOf)) });
    } else lines.push({ group, subject: head, columns: new Map(columns.map(columnOf)) });
  }
  const longest = Math.max(...lines.flatMap(({ columns }) => [...columns.values()].map((c) => c.length)));
  const snapshots: Snapshot[] = [];
  let slot = 0;
  for (const count of counts ?? [longest]) {
    for (let i = 0; i < Math.abs(count); i++, slot++)
      if (count > 0) snapshots.push(snapshotAt(lines, slot, options));
  }
  return snapshots;
}

function columnOf(text: string): [string, string[]] {
  const [name = '', ...tokens] = text.split(/[\s:]+/);
  const values: string[] = [];
  for (const token of tokens) {
    const [, value = '', times = '1'] = /^(.*?)(?:\*(\d+))?$/.exec(token) as RegExpExecArray;
    for (let i = 0; i < Number(times); i++) {
      const before = values.at(-1) ?? '0';
      values.push(value.startsWith('+') ? String(BigInt(before) + BigInt(value.slice(1))) : value);
    }
  }
  return [name, values];
}

function snapshotAt(lines: readonly Line[], slot: number, options: ScenarioOptions): Snapshot {
  const at = (options.startsAt ?? scenarioStart) + slot * (options.everyMs ?? minute);
  const value = ({ columns }: Line, name: string): string | null => {
    const column = columns.get(name);
    return column === undefined ? null : (column[Math.min(slot, column.length - 1)] as string);
  };
  const places = lines.filter(({ subject }) => /-\d+$/.test(subject));
  const topics = new Map<string, TopicSnapshot>();
  for (const line of places) {
    const end = value(line, 'end');
    if (end === null || end === '-') continue;
    const { topic, partition } = placeOf(line.subject);
    const before = topics.get(topic)?.partitions ?? new Map();
    const ids = lines.find(({ subject }) => subject === topic);
    const log = {
      partition,
      leader: 1,
      start: numberOf(value(line, 'start') ?? '0'),
      stable: numberOf(value(line, 'stable') ?? end),
      end: numberOf(end),
      unread: end === '?' ? silence : null,
    };
    const config = options.config === undefined ? null : { ...unknownConfig, ...options.config };
    const id = ids === undefined ? null : value(ids, 'id');
    topics.set(topic, { name: topic, id, config, partitions: new Map([...before, [partition, log]]) });
  }
  const unread: Unread[] = [];
  const groups: GroupSnapshot[] = [];
  for (const name of new Set(lines.map(({ group }) => group))) {
    const own = places.filter(({ group, columns }) => group === name && columns.has('committed'));
    const life = lines.find(({ group, subject }) => group === name && subject === 'group');
    const told = (column: string) => (life === undefined ? null : value(life, column));
    const seen = told('seen') ?? 'yes';
    if (seen === '-') continue;
    const members = membersOf(
      own.map((line) => ({ ...placeOf(line.subject), owner: value(line, 'owner') ?? '-' })),
      told('members'),
      told('subscribed'),
    );
    if (members === null) unread.push({ scope: 'group', group: name, ...silence });
    const commits = seen === '?' ? [] : own;
    for (const line of commits) {
      if (value(line, 'committed') === '?')
        unread.push({ scope: 'partition', group: name, ...placeOf(line.subject), ...silence });
    }
    groups.push({
      group: name,
      type: 'classic',
      state: told('state') ?? (members === null || members.length > 0 ? 'Stable' : 'Empty'),
      coordinator: 1,
      members,
      commits: commits.flatMap((line) => {
        const offset = numberOf(value(line, 'committed') as string);
        const { topic, partition } = placeOf(line.subject);
        return offset === null ? [] : [{ topic, partitions: [partition], offsets: [offset] }];
      }),
      unread: seen === '?' ? silence : null,
    });
  }
  const cluster = { name: 'orders-prod', id: 'cluster-1' };
  return { cluster, at, brokers: [1, 2, 3], topics, groups, unread, dated: options.dated?.(at) ?? [] };
}

const unknownConfig: TopicConfig = {
  retentionMs: null,
  retentionBytes: null,
  compacted: null,
  timestampType: null,
};

function membersOf(
  owned: readonly { readonly topic: string; readonly partition: number; readonly owner: string }[],
  told: string | null,
  subscribed: string | null,
): Member[] | null {
  if (told === '?') return null;
  const names = new Set(told === null ? owned.map(({ owner }) => owner) : told.split(','));
  names.delete('-');
  const topics = subscribed?.split(',') ?? [...new Set(owned.map(({ topic }) => topic))];
  return [...names].map((id) => ({
    id,
    clientId: 'app',
    host: '/10.0.0.1',
    subscribed: topics,
    assigned: new Map(
      [...Map.groupBy(owned, ({ topic }) => topic)].flatMap(([topic, all]) => {
        const mine = all.filter(({ owner }) => owner === id).map(({ partition }) => partition);
        return mine.length === 0 ? [] : [[topic, mine] as const];
      }),
    ),
  }));
}

function placeOf(subject: string): { topic: string; partition: number } {
  const dash = subject.lastIndexOf('-');
  return { topic: subject.slice(0, dash), partition: Number(subject.slice(dash + 1)) };
}

function numberOf(text: string): Offset | null {
  return text === '?' || text === '-' ? null : toOffset(BigInt(text));
}
