import type { Snapshot, TopicCommits } from '../../shared/domain/snapshot.ts';
import { type CaseTruth, runCase } from './run-case.ts';
import type { SimulationCase } from './scenario.ts';

/** All that a monitor sees of a case, with its truth. */
export function snapshotsOf(simulation: SimulationCase): { snapshots: Snapshot[]; truth: CaseTruth } {
  const snapshots: Snapshot[] = [];
  const truth = runCase(simulation, [{ onPoll: (snapshot) => snapshots.push(snapshot) }]);
  return { snapshots, truth };
}

/** One group's position on one partition as a poll saw it; `null` is what was not read. */
export interface Sight {
  readonly at: number;
  readonly state: string | null;
  readonly members: readonly string[] | null;
  readonly owner: string | null;
  readonly topicId: string | null;
  readonly start: number | null;
  readonly stable: number | null;
  readonly end: number | null;
  readonly committed: number | null;
}

/** The group's polls on that partition, one after the other. */
export function sightsOf(
  snapshots: readonly Snapshot[],
  name: string,
  topic: string,
  partition: number,
): Sight[] {
  return snapshots.map((snapshot) => {
    const group = snapshot.groups.find((one) => one.group === name);
    const topicSeen = snapshot.topics.get(topic);
    const log = topicSeen?.partitions.get(partition);
    const owner = group?.members?.find(({ assigned }) => assigned.get(topic)?.includes(partition));
    const commits = group?.commits.find((one) => one.topic === topic);
    return {
      at: snapshot.at,
      state: group?.state ?? null,
      members: group?.members?.map(({ id }) => id) ?? null,
      owner: owner?.id ?? null,
      topicId: topicSeen?.id ?? null,
      start: numberOf(log?.start),
      stable: numberOf(log?.stable),
      end: numberOf(log?.end),
      committed: commits === undefined ? null : committedOn(commits, partition),
    };
  });
}

function committedOn({ partitions, offsets }: TopicCommits, partition: number): number | null {
  return numberOf(offsets[partitions.indexOf(partition)]);
}

function numberOf(offset: bigint | null | undefined): number | null {
  return offset === null || offset === undefined ? null : Number(offset);
}
