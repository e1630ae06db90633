import { systemClock } from '../shared/adapters/system-clock.ts';
import type { ClusterReader } from '../shared/ports/cluster-reader.ts';
import { type Observation, observeCluster } from '../shared/usecases/observe-cluster.ts';
import type { Target } from './target.ts';
import { reportProgress } from './terminal.ts';

/** One whole poll of the target, with progress on standard error. Throws a Fault when no broker answers. */
export async function observeTarget(reader: ClusterReader, target: Target): Promise<Observation> {
  const progress = reportProgress();
  try {
    return await observeCluster(
      reader,
      { ...target, starts: true, stable: true, members: true },
      systemClock,
      AbortSignal.timeout(target.deadlineMs),
      progress.step,
    );
  } finally {
    progress.stop();
  }
}
