import { connectClusterReader } from '../../shared/adapters/kafka/cluster-reader.ts';
import { toNodeAddress } from '../../shared/adapters/kafka/node-address.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import type { GroupFinding, PartitionFinding } from '../../shared/domain/finding.ts';
import type { ClusterReader } from '../../shared/ports/cluster-reader.ts';
import {
  type Observation,
  type ObserveScope,
  observeCluster,
} from '../../shared/usecases/observe-cluster.ts';
import { judged } from './judged.ts';

const wholeScope: ObserveScope = {
  clusterName: 'test',
  watchesGroup: () => true,
  watchesTopic: () => true,
  starts: true,
  stable: true,
  members: true,
};

const defaultDeadlineMs = 30_000;

/** A reader that nothing has been asked of yet: what a process has when it starts. */
export function freshReader(bootstrap: string): ClusterReader {
  return connectClusterReader({
    bootstrap: bootstrap.split(',').map(toNodeAddress),
    login: { tls: null, sasl: null },
  });
}

/** One poll of everything, or of as much as the scope says, within the deadline. */
export function poll(
  reader: ClusterReader,
  scope: Partial<ObserveScope> = {},
  deadlineMs = defaultDeadlineMs,
): Promise<Observation> {
  return observeCluster(reader, { ...wholeScope, ...scope }, systemClock, AbortSignal.timeout(deadlineMs));
}

/** What is held of every group in the observation, by group id. */
export function findingsByGroup({ snapshot }: Observation): Map<string, GroupFinding> {
  return new Map(judged(snapshot).map((finding) => [finding.snapshot.group, finding]));
}

/** One partition's finding. @throws Error where the group or the partition is not there. */
export function findingOf(
  observation: Observation,
  group: string,
  topic: string,
  partition: number,
): PartitionFinding {
  const found = findingsByGroup(observation)
    .get(group)
    ?.partitions.find(({ reading }) => reading.topic === topic && reading.partition === partition);
  if (found === undefined) throw new Error(`no finding for ${group} on ${topic}-${partition}`);
  return found;
}
