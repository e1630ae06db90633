import { describe, expect, test } from 'vitest';
import type { TopicConfig } from '../../../shared/domain/snapshot.ts';
import { observeCluster } from '../../../shared/usecases/observe-cluster.ts';
import { rememberConfigs } from '../../../shared/usecases/remember-configs.ts';
import { type ClusterState, cluster, group, log, topic } from '../../support/in-memory-cluster.ts';
import { InMemoryClusterReader } from '../../support/in-memory-cluster-reader.ts';
import { everything } from '../../support/observe.ts';

const minuteMs = 60_000;
const week: TopicConfig = {
  retentionMs: 604_800_000,
  retentionBytes: 'unlimited',
  compacted: false,
  timestampType: 'CreateTime',
};
const day: TopicConfig = { ...week, retentionMs: 86_400_000 };

/** Polls of one process, as far apart as the test says. */
function polls(state: ClusterState) {
  let ms = 0;
  const clock = { now: () => 1_700_000_000_000, monotonicMs: () => ms };
  const reader = new InMemoryClusterReader(state);
  const addConfigs = rememberConfigs(reader, clock);
  return async (waitMs = 0) => {
    ms += waitMs;
    const signal = AbortSignal.timeout(5000);
    const bare = await observeCluster(reader, everything, clock, signal);
    const observation = await addConfigs(bare, signal);
    return {
      observation,
      bare,
      configs: [...observation.snapshot.topics.values()].map(({ config }) => config),
      requests: observation.requests.get('DescribeConfigs') ?? 0,
      asked: reader.calls.filter(({ step }) => step === 'configs').map(({ asked }) => asked),
    };
  };
}

function orders(): ClusterState {
  return cluster({
    topics: { orders: { ...topic(log(0, 9)), config: week }, unused: { ...topic(log(0, 9)), config: day } },
    groups: { billing: group({ orders: [3] }) },
  });
}

describe('configurations of the topics that matter', () => {
  test('are asked for once an hour, and counted', async () => {
    const state = orders();
    const poll = polls(state);
    const first = await poll();
    expect([first.configs, first.requests, first.asked]).toEqual([[week], 1, [['orders']]]);
    expect(Object.fromEntries(first.observation.requests)).toEqual({
      ...Object.fromEntries(first.bare.requests),
      DescribeConfigs: 1,
    });
    const kept = state.topics['orders'];
    if (kept !== undefined) kept.config = day;
    const later = await poll(59 * minuteMs);
    expect([later.configs, later.requests]).toEqual([[week], 0]);
    const anHourLater = await poll(minuteMs);
    expect([anHourLater.configs, anHourLater.requests]).toEqual([[day], 1]);
  });

  test('of a topic that has come to matter are asked for alone', async () => {
    const state = orders();
    const poll = polls(state);
    await poll();
    state.groups['search'] = group({ unused: [1] });
    const { configs, asked } = await poll(minuteMs);
    expect([configs, asked]).toEqual([
      [week, day],
      [['orders'], ['unused']],
    ]);
  });

  test('without the right they stay unknown, nothing else changes, and nobody asks again and again', async () => {
    const state = orders();
    const forbidden = state.topics['orders'];
    if (forbidden !== undefined) delete forbidden.config;
    const poll = polls(state);
    const { observation, bare, requests } = await poll();
    expect(observation.snapshot).toEqual(bare.snapshot);
    expect(requests).toBe(1);
    expect((await poll(minuteMs)).requests).toBe(0);
  });

  test('that were not answered for are asked for at the next poll', async () => {
    const state = orders();
    const silent = state.topics['orders'];
    if (silent !== undefined) silent.config = { reason: 'timed-out', detail: 'no answer' };
    const poll = polls(state);
    expect((await poll()).configs).toEqual([null]);
    if (silent !== undefined) silent.config = week;
    expect((await poll(minuteMs)).configs).toEqual([week]);
  });

  test('are not asked for where no topic matters', async () => {
    expect((await polls(cluster({}))()).requests).toBe(0);
  });
});
