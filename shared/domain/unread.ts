import type { BrokerId } from './offset.ts';

/**
 * Why something could not be read. A closed list: whoever shows or counts them meets every case.
 *
 * - `unauthorised`: the login lacks a right (Describe on the cluster, group or topic)
 * - `unreachable`: no connection to the broker (refused, unknown host, closed, not registered)
 * - `timed-out`: no answer within the time allowed
 * - `leaderless`: the partition has no leader; nobody can read or write it
 * - `leader-moved`: the leader changed during the poll and the second attempt found no new one
 * - `topic-missing`: the topic does not exist (any more)
 * - `coordinator-unread`: the broker that coordinates the group did not answer for it
 * - `commit-gone`: the group had committed and its commit is there no more (expired, or deleted)
 * - `not-measurable`: a type of group that keeps no committed offsets, such as a share group
 * - `unsupported`: the broker does not offer a version of the request that we speak
 * - `garbled`: the answer could not be decoded
 * - `kafka-error`: any other error that Kafka answered; the detail names it
 */
export type UnreadReason =
  | 'unauthorised'
  | 'unreachable'
  | 'timed-out'
  | 'leaderless'
  | 'leader-moved'
  | 'topic-missing'
  | 'coordinator-unread'
  | 'commit-gone'
  | 'not-measurable'
  | 'unsupported'
  | 'garbled'
  | 'kafka-error';

/** A reason with the facts behind it, as one sentence fit for an engineer. */
export interface UnreadCause {
  readonly reason: UnreadReason;
  readonly detail: string;
}

/** Something that could not be read: never 0, never OK, always named. */
export type Unread =
  | (UnreadCause & { readonly scope: 'broker'; readonly broker: BrokerId })
  | (UnreadCause & { readonly scope: 'group'; readonly group: string; readonly broker?: BrokerId })
  | (UnreadCause & { readonly scope: 'topic'; readonly topic: string })
  | (UnreadCause & {
      readonly scope: 'partition';
      readonly topic: string;
      readonly partition: number;
      readonly broker?: BrokerId;
      /** Set where it is this group's commit that was not read, rather than the partition's log. */
      readonly group?: string;
    });
