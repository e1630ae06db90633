import { defaultPolicy, type PolicyFor } from '../policy.ts';
import type { GroupReading, Reading } from '../reading.ts';
import type { DatedOffset, Snapshot } from '../snapshot.ts';
import type { ClusterMemory, GroupMemory, PartitionKeys } from './cluster-memory.ts';
import { type GroupLife, withAbsence, withPoll } from './group-life.ts';
import { copyRow, HistoryTable } from './history.ts';
import { type LogMemory, noLogs, rememberLogs, type SlotsOfTopic, slotsByTopic } from './log-memory.ts';
import { type PollStep, stepTo } from './poll-step.ts';
import { ReadingRecorder } from './reading-recorder.ts';

const hour = 3_600_000;

/** A group-partition or a group that is not seen any more is forgotten after this long: its commits may come back. */
const keptUnseenMs = 24 * hour;

/**
 * The memory with one more poll. Nothing is concluded here but what later polls need: when a commit last moved, what
 * gaps are usual, what was lost. A poll that is not newer than the memory must not come here.
 */
export function remember(
  previous: ClusterMemory | null,
  snapshot: Snapshot,
  readings: readonly GroupReading[],
  policyFor: PolicyFor = () => defaultPolicy,
): ClusterMemory {
  const step = stepTo(snapshot.at, previous);
  const logs = rememberLogs(previous?.logs ?? noLogs, snapshot, step);
  const slotsOf = slotsByTopic(logs);
  const plan = planRows(previous, readings, step);
  const history = layOut(previous?.history ?? new HistoryTable(0), plan);
  const datedOf = datedLookup(snapshot.dated);
  const groups = new Map<string, GroupMemory>();
  for (const { name, reading, before, base, keys } of plan.groups) {
    const life =
      reading === null
        ? withAbsence(before?.life as GroupLife, step)
        : rememberGroup(
            history,
            { base, keys, reading, before },
            { logs, slotsOf, step, policyFor, datedOf },
          );
    groups.set(name, { life, base, keys });
  }
  return { at: step.at, steps: step.steps, logs, groups, history };
}

interface PlannedGroup {
  readonly name: string;
  /** `null`: this poll did not list it. */
  readonly reading: GroupReading | null;
  readonly before: GroupMemory | null;
  readonly base: number;
  readonly keys: PartitionKeys;
}

interface RowPlan {
  readonly groups: readonly PlannedGroup[];
  /** Row in the previous table of each row, −1 for new ones; `null`: every row is where it was. */
  readonly from: Int32Array | null;
}

/** Which row each group-partition gets: those of this poll in the order of its readings, behind them those not read. */
function planRows(
  previous: ClusterMemory | null,
  readings: readonly GroupReading[],
  step: PollStep,
): RowPlan {
  return samePlan(previous, readings) ?? anotherPlan(previous, readings, step);
}

/** Where every group has the partitions that it had, as at most polls. */
function samePlan(previous: ClusterMemory | null, readings: readonly GroupReading[]): RowPlan | null {
  if (previous === null || readings.length !== previous.groups.size) return null;
  const groups: PlannedGroup[] = [];
  let base = 0;
  for (const reading of readings) {
    const name = reading.snapshot.group;
    const before = previous.groups.get(name);
    if (before === undefined || before.base !== base || !hasSameKeys(reading.partitions, before.keys))
      return null;
    groups.push({ name, reading, before, base, keys: before.keys });
    base += before.keys.partitions.length;
  }
  return { groups, from: null };
}

function anotherPlan(
  previous: ClusterMemory | null,
  readings: readonly GroupReading[],
  step: PollStep,
): RowPlan {
  const groups: PlannedGroup[] = [];
  const from: number[] = [];
  const seen = new Set<string>();
  for (const reading of readings) {
    const name = reading.snapshot.group;
    const before = previous?.groups.get(name) ?? null;
    const base = from.length;
    const keys = keysOf(reading.partitions, before, previous, from);
    seen.add(name);
    groups.push({ name, reading, before, base, keys });
  }
  for (const [name, before] of previous?.groups ?? []) {
    if (seen.has(name) || before.life.awayMs + step.watchedMs > keptUnseenMs) continue;
    groups.push({ name, reading: null, before, base: from.length, keys: before.keys });
    for (let i = 0; i < before.keys.partitions.length; i++) from.push(before.base + i);
  }
  return { groups, from: Int32Array.from(from) };
}

function keysOf(
  partitions: readonly Reading[],
  before: GroupMemory | null,
  previous: ClusterMemory | null,
  from: number[],
): PartitionKeys {
  if (before === null || previous === null) {
    for (let i = 0; i < partitions.length; i++) from.push(-1);
    return namesOf(partitions);
  }
  if (hasSameKeys(partitions, before.keys)) {
    for (let i = 0; i < partitions.length; i++) from.push(before.base + i);
    return before.keys;
  }
  const rows = new Map<string, Map<number, number>>();
  for (const [i, topic] of before.keys.topics.entries()) {
    const ofTopic = rows.get(topic) ?? new Map<number, number>();
    rows.set(topic, ofTopic);
    ofTopic.set(before.keys.partitions[i] as number, before.base + i);
  }
  const { topics, partitions: numbers } = namesOf(partitions);
  for (const { topic, partition } of partitions) {
    const row = rows.get(topic)?.get(partition);
    from.push(row ?? -1);
    if (row !== undefined) rows.get(topic)?.delete(partition);
  }
  for (const [topic, ofTopic] of rows) {
    for (const [partition, row] of ofTopic) {
      if ((previous.history.unreadMs[row] as number) > keptUnseenMs) continue;
      topics.push(topic);
      numbers.push(partition);
      from.push(row);
    }
  }
  return { topics, partitions: numbers };
}

function namesOf(partitions: readonly Reading[]): { topics: string[]; partitions: number[] } {
  return {
    topics: partitions.map(({ topic }) => topic),
    partitions: partitions.map(({ partition }) => partition),
  };
}

function hasSameKeys(partitions: readonly Reading[], keys: PartitionKeys): boolean {
  if (partitions.length !== keys.partitions.length) return false;
  for (let i = 0; i < partitions.length; i++) {
    const { topic, partition } = partitions[i] as Reading;
    if (partition !== keys.partitions[i] || topic !== keys.topics[i]) return false;
  }
  return true;
}

function layOut(previous: HistoryTable, { from }: RowPlan): HistoryTable {
  if (from === null) return new HistoryTable(previous.size, previous);
  const table = new HistoryTable(from.length);
  for (let row = 0; row < from.length; row++) {
    const source = from[row] as number;
    if (source >= 0) copyRow(previous, source, table, row);
  }
  return table;
}

function rememberGroup(
  history: HistoryTable,
  planned: Pick<PlannedGroup, 'base' | 'keys' | 'before'> & { readonly reading: GroupReading },
  context: {
    readonly logs: LogMemory;
    readonly slotsOf: SlotsOfTopic;
    readonly step: PollStep;
    readonly policyFor: PolicyFor;
    readonly datedOf: DatedLookup;
  },
): GroupLife {
  const { base, keys, before, reading } = planned;
  const { snapshot, unread, partitions } = reading;
  const { logs, slotsOf, step, policyFor, datedOf } = context;
  const recorder = new ReadingRecorder(history, before?.life ?? null, snapshot, logs, slotsOf, step);
  let lag: bigint | null = null;
  let topic: string | null = null;
  for (let i = 0; i < partitions.length; i++) {
    const one = partitions[i] as Reading;
    if (one.topic !== topic) {
      topic = one.topic;
      recorder.enterTopic(topic, policyFor({ group: snapshot.group, topic }));
    }
    recorder.record(base + i, one);
    const dated = datedOf(one);
    if (dated !== null) recorder.recordDate(base + i, dated);
    if (typeof one.lag === 'bigint') {
      lag ??= 0n;
      if (one.lag > 0n) lag += one.lag;
    }
  }
  for (let i = partitions.length; i < keys.partitions.length; i++) recorder.recordMissing(base + i);
  const signs = recorder.signs();
  // Topics come and go: what a group did on one is forgotten with the last of its partitions.
  const topics = keys === before?.keys ? signs.topics : onlyKept(signs.topics, keys);
  return withPoll(before?.life ?? null, snapshot, { ...signs, topics, unread: unread !== null, lag }, step);
}

function onlyKept(topics: GroupLife['topics'], keys: PartitionKeys): GroupLife['topics'] {
  const kept = new Set(keys.topics);
  return new Map([...topics].filter(([topic]) => kept.has(topic)));
}

type DatedLookup = (reading: Reading) => DatedOffset | null;

function datedLookup(dated: readonly DatedOffset[]): DatedLookup {
  if (dated.length === 0) return () => null;
  const byPlace = Map.groupBy(dated, ({ topic, partition }) => `${partition} ${topic}`);
  return ({ topic, partition, committed }) =>
    byPlace.get(`${partition} ${topic}`)?.find(({ offset }) => offset === committed) ?? null;
}
