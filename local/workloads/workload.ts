import type { Verdict } from '../../shared/domain/verdict-names.ts';
import type { KafkaCluster } from '../kafka/cluster.ts';

/** Where the applications run. */
export interface Estate {
  readonly cluster: KafkaCluster;
  /** Tells the person at the terminal that an application has failed after its start. */
  readonly report: (text: string) => void;
}

/** What `status` must say of a workload's group, as soon as the workload is ready. */
export interface ExpectedFinding {
  readonly verdict: Verdict;
  /** The exact lag, the least one of a group that moves, or null where lag cannot be known. */
  readonly lag: bigint | { readonly atLeast: bigint } | null;
  /** Null where Kafka does not tell them by the requests that we send. */
  readonly members: number | null;
  /** A part of the reason, where the verdict alone does not tell the case. */
  readonly reason?: string;
}

/** An application with a consumer group of its own, on a topic of its own, in one of the states that groups get into. */
export interface Workload {
  readonly group: string;
  readonly topic: string;
  readonly partitions: number;
  /** What is the matter with the group, as a sentence without its subject. */
  readonly story: string;
  /** Nothing moves any more, so that two looks must find the same offsets. */
  readonly quiet: boolean;
  readonly expected: ExpectedFinding;
  /** Starts the application on its topic, which exists; resolves when the group is as the story says. */
  start(estate: Estate): Promise<void>;
  /** Ends the application, also one that is still starting. A second call does nothing. */
  stop(): Promise<void>;
}
