import type { EpochMs } from '../domain/offset.ts';
import type { TopicConfig } from '../domain/snapshot.ts';
import type { Clock } from '../ports/clock.ts';
import type { ClusterReader } from '../ports/cluster-reader.ts';
import type { Observation } from './observe-cluster.ts';
import { addCounts } from './request-counts.ts';

/** Configurations change rarely, and the right to see them even more so. */
const keptMs = 3_600_000;

/** Gives an observation's topics their configuration. */
export type AddConfigs = (observation: Observation, signal: AbortSignal) => Promise<Observation>;

/**
 * Retention, compaction and kind of timestamps of the topics that matter, remembered for an hour: one request an hour,
 * and one where topics have come to matter since. Without the right to see it a topic's configuration stays `null` and
 * nothing else changes: forecasts then go by pace.
 *
 * @param reader the one that made the observations
 */
export function rememberConfigs(reader: ClusterReader, clock: Clock): AddConfigs {
  let remembered = new Map<string, TopicConfig | null>();
  let since: EpochMs = Number.NEGATIVE_INFINITY;

  const ask = async (topics: readonly string[], signal: AbortSignal): Promise<void> => {
    const read = await reader.readTopicConfigs(topics, signal);
    for (const topic of topics) {
      const config = read.configs.get(topic) ?? null;
      // What came of no answer at all is not remembered: the next poll tries again.
      if (config !== null || read.unread.get(topic)?.reason === 'unauthorised') remembered.set(topic, config);
    }
  };

  return async (observation, signal) => {
    const { snapshot, durationMs, requests } = observation;
    const startedAt = clock.monotonicMs();
    if (startedAt - since >= keptMs) {
      remembered = new Map();
      since = startedAt;
    }
    const missing = [...snapshot.topics.keys()].filter((topic) => !remembered.has(topic));
    if (missing.length > 0) await ask(missing, signal);
    const topics = [...snapshot.topics].map(
      ([name, topic]) => [name, { ...topic, config: remembered.get(name) ?? null }] as const,
    );
    return {
      snapshot: { ...snapshot, topics: new Map(topics) },
      durationMs: durationMs + clock.monotonicMs() - startedAt,
      requests: addCounts(requests, reader.takeRequestCounts()),
    };
  };
}
