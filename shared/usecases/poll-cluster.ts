import {
  type Evaluation,
  type EvaluationRules,
  evaluate,
  isNews,
  type MonitorState,
} from '../domain/evaluate.ts';
import { Fault } from '../domain/fault.ts';
import { findSuspects, placeOf, type Suspect } from '../domain/suspects.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterReader } from '../ports/cluster-reader.ts';
import { dateSuspects, type UndatedReason } from './date-suspects.ts';
import { type Observation, type ObserveScope, type ObserveStep, observeCluster } from './observe-cluster.ts';
import { rememberConfigs } from './remember-configs.ts';
import { addCounts } from './request-counts.ts';

export type PollClusterStep = ObserveStep | 'configurations' | 'ages';

export interface PollClusterOptions {
  readonly scope: ObserveScope;
  /** Time that a poll may take, in ms: the signal of a poll ends it after that. */
  readonly deadlineMs: number;
  /** Whose waiting records are worth dating; absent: every group's. */
  readonly dates?: (group: string) => boolean;
}

/** One poll and what came of it. */
export interface ClusterPoll {
  /** With configurations and dates; time and requests are those of the whole poll. */
  readonly observation: Observation;
  /** `null` where the poll is not newer than what is remembered: a clock went back. */
  readonly evaluation: Evaluation | null;
}

/** One whole poll. Throws a Fault when no broker answers. */
export type PollCluster = (
  previous: MonitorState | null,
  rules: EvaluationRules,
  signal: AbortSignal,
  onStep?: (step: PollClusterStep) => void,
) => Promise<ClusterPoll>;

/** With less than this part of the deadline left nothing is dated: what is known already is worth more. */
const leastPartForDating = 0.25;

/** Why an offset will have no date the next time either, unless something changes. */
const lasting: ReadonlySet<UndatedReason> = new Set([
  'no-record',
  'no-timestamp',
  'from-the-future',
  'deleted',
]);

/** What could not be dated for a lasting reason is not asked for again before so long. */
const undatableKeptMs = 3_600_000;

/**
 * The order of a poll, from the cluster to findings and incidents:
 *
 * 1. observe: starts, commits, stable, ends;
 * 2. the topics' configurations, one request an hour;
 * 3. date the oldest waiting records of suspects, where there are any and time is left;
 * 4. evaluate.
 *
 * Whatever fails after the first step costs itself and nothing else. What is remembered from poll to poll belongs to the
 * caller, but for configurations and for what cannot be dated.
 */
export function clusterPoller(
  reader: ClusterReader,
  clock: Clock,
  { scope, deadlineMs, dates }: PollClusterOptions,
): PollCluster {
  const addConfigs = rememberConfigs(reader, clock);
  const undatable = new Map<string, number>();

  const withDates = async (observed: Observation, suspects: readonly Suspect[], signal: AbortSignal) => {
    const startedAt = clock.monotonicMs();
    const dating = await dateSuspects(reader, observed.snapshot, suspects, clock, signal);
    for (const one of dating.undated) if (lasting.has(one.reason)) undatable.set(placeOf(one), startedAt);
    return {
      snapshot: dating.snapshot,
      durationMs: observed.durationMs + clock.monotonicMs() - startedAt,
      requests: addCounts(observed.requests, dating.requests),
    };
  };

  return async (previous, rules, signal, onStep = () => {}) => {
    const startedAt = clock.monotonicMs();
    for (const [place, at] of undatable) if (startedAt - at > undatableKeptMs) undatable.delete(place);
    let observation = await observeCluster(reader, scope, clock, signal, onStep);
    if (!isNews(previous, observation.snapshot)) return { observation, evaluation: null };

    onStep('configurations');
    observation = await orWithout(observation, addConfigs(observation, signal), reader);

    const leftMs = deadlineMs - (clock.monotonicMs() - startedAt);
    if (leftMs >= leastPartForDating * deadlineMs) {
      const suspects = findSuspects(observation.snapshot, previous?.memory ?? null, dates).filter(
        (suspect) => !undatable.has(placeOf(suspect)),
      );
      if (suspects.length > 0) {
        onStep('ages');
        observation = await orWithout(observation, withDates(observation, suspects, signal), reader);
      }
    }
    return { observation, evaluation: evaluate(previous, observation.snapshot, rules) };
  };
}

/** The observation with more, or as it was where that failed or took too long: an age is worth no poll. */
async function orWithout(
  observation: Observation,
  more: Promise<Observation>,
  reader: ClusterReader,
): Promise<Observation> {
  try {
    return await more;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...observation, requests: addCounts(observation.requests, reader.takeRequestCounts()) };
  }
}
