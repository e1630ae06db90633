import { connectClusterReader } from '../shared/adapters/kafka/cluster-reader.ts';
import { systemClock } from '../shared/adapters/system-clock.ts';
import type { EvaluationRules, MonitorState } from '../shared/domain/evaluate.ts';
import { Fault } from '../shared/domain/fault.ts';
import { type ClusterPoll, clusterPoller } from '../shared/usecases/poll-cluster.ts';
import type { Target } from './target.ts';
import { reportProgress } from './terminal.ts';

export interface Polling {
  /** One whole poll. Throws a Fault when no broker answers. */
  poll(previous: MonitorState | null, rules: EvaluationRules): Promise<ClusterPoll>;
  close(): void;
}

export interface PollingOptions {
  /** Whose waiting records are worth dating. @default everybody's */
  readonly dates?: (group: string) => boolean;
  /** Ends a poll early. */
  readonly interrupted?: AbortSignal;
  /** Says on standard error what is being waited for. @default true */
  readonly progress?: boolean;
}

/** Polls of the target, over one set of connections. */
export function pollTarget(target: Target, options: PollingOptions = {}): Polling {
  const { dates, interrupted, progress: reports = true } = options;
  const reader = connectClusterReader(target.connection);
  const poll = clusterPoller(reader, systemClock, {
    scope: { ...target, starts: true, stable: true, members: true },
    deadlineMs: target.deadlineMs,
    ...(dates && { dates }),
  });
  return {
    async poll(previous, rules) {
      const progress = reports ? reportProgress() : null;
      const deadline = AbortSignal.timeout(target.deadlineMs);
      const signal = interrupted === undefined ? deadline : AbortSignal.any([deadline, interrupted]);
      try {
        const polled = await poll(previous, rules, signal, progress?.step);
        // What was not read for want of patience would pass for trouble of the cluster.
        if (interrupted?.aborted) throw new Fault('deadline-passed', 'the poll was interrupted');
        return polled;
      } finally {
        progress?.stop();
      }
    },
    close: () => reader.close(),
  };
}
