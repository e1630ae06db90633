import { measure } from '../../shared/domain/reading.ts';
import type { ObserveScope } from '../../shared/usecases/observe-cluster.ts';
import { observeCluster } from '../../shared/usecases/observe-cluster.ts';
import { type ClusterState, cluster } from './in-memory-cluster.ts';
import { InMemoryClusterReader, type ReadStep } from './in-memory-cluster-reader.ts';

export const everything: ObserveScope = {
  clusterName: 'orders-prod',
  watchesGroup: () => true,
  watchesTopic: () => true,
  starts: true,
  stable: true,
  members: true,
};
/** A clock on which each look takes 5 ms. */
export function clock() {
  let ms = 0;
  return {
    now: () => 1_700_000_000_000,
    monotonicMs: () => {
      ms += 5;
      return ms;
    },
  };
}

/** One poll of the cluster described, and what was asked for it. */
export async function observe(
  state: Partial<ClusterState>,
  scope: Partial<ObserveScope> = {},
  beforeStep: (step: ReadStep, state: ClusterState) => void = () => {},
) {
  const reader = new InMemoryClusterReader(cluster(state), beforeStep);
  const { snapshot, durationMs, requests } = await observeCluster(
    reader,
    { ...everything, ...scope },
    clock(),
    AbortSignal.timeout(5_000),
  );
  return {
    snapshot,
    durationMs,
    requests,
    calls: reader.calls,
    steps: reader.calls.map(({ step }) => step),
    readings: measure(snapshot).flatMap(({ snapshot: { group: id }, partitions }) =>
      partitions.map((reading) => ({ group: id, ...reading })),
    ),
    asked: (wanted: ReadStep) => reader.calls.find(({ step }) => step === wanted)?.asked,
  };
}
