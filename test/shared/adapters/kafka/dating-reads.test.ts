import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeCluster } from '../../../../local/fake-cluster/cluster.ts';
import { never, truncatedTo, wholly } from '../../../../local/fake-cluster/delivery.ts';
import { partition, type TopicDescription, topic } from '../../../../local/fake-cluster/description.ts';
import { connectClusterReader } from '../../../../shared/adapters/kafka/cluster-reader.ts';
import type { ClusterReader } from '../../../../shared/ports/cluster-reader.ts';

let cluster: FakeCluster;
let reader: ClusterReader;
const noDeadline = new AbortController().signal;

/** Ten records a second apart, from the first instant on. */
const records = Array.from({ length: 10 }, (_, i) => ({
  offset: BigInt(i),
  timestamp: BigInt(1000 * (i + 1)),
}));

beforeEach(async () => {
  cluster = await FakeCluster.start(2);
  cluster.description.topics.set(
    'orders',
    topic([partition(1, { end: 10n, records }), partition(2, { end: 8n, records }), partition(-1)]),
  );
  cluster.description.topics.set('clicks', topic([partition(2, { start: 3n, end: 10n, records })]));
  reader = connectClusterReader({
    bootstrap: cluster.addresses,
    login: { tls: null, sasl: null },
    silenceTimeoutMs: 500,
    connectTimeoutMs: 2000,
  });
});

afterEach(async () => {
  reader.close();
  await cluster.stop();
  expect(cluster.violations).toEqual([]);
});

describe('looking up timestamps', () => {
  async function lookUp(asked: Record<string, Record<number, number[]>>) {
    const topology = await reader.readTopology(noDeadline);
    reader.takeRequestCounts();
    const wanted = new Map(
      Object.entries(asked).map(([name, partitions]) => [
        name,
        new Map(Object.entries(partitions).map(([number, at]) => [Number(number), at])),
      ]),
    );
    return reader.lookUpTimestamps(wanted, topology, noDeadline);
  }

  test('each instant leads to the first record at or after it, or to none', async () => {
    const found = await lookUp({ orders: { 0: [0, 1000, 1001, 10_001], 1: [8001] }, clicks: { 0: [1] } });
    expect(found.get('orders')?.get(0)).toEqual([
      { offset: 0n, timestamp: 1000 },
      { offset: 0n, timestamp: 1000 },
      { offset: 1n, timestamp: 2000 },
      null,
    ]);
    expect(found.get('orders')?.get(1), 'a record beyond the end').toEqual([null]);
    expect(found.get('clicks')?.get(0), 'a record below the start').toEqual([
      { offset: 3n, timestamp: 4000 },
    ]);
  });

  test('a leader gets as many requests as its partition with the most instants needs', async () => {
    await lookUp({ orders: { 0: [1, 2, 3, 4], 1: [1] }, clicks: { 0: [1, 2] } });
    expect(Object.fromEntries(reader.takeRequestCounts())).toEqual({ ApiVersions: 1, ListOffsets: 6 });
    expect(cluster.broker(1).count('ListOffsets')).toBe(4);
    expect(cluster.broker(2).count('ListOffsets')).toBe(2);
  });

  test('an error costs its own partition, whatever the instants', async () => {
    const ofClicks = cluster.description.topics.get('clicks')?.partitions[0];
    if (ofClicks !== undefined) ofClicks.error = 43;
    const found = await lookUp({ orders: { 1: [1], 2: [1, 2], 9: [1] }, clicks: { 0: [1, 2] } });
    expect(found.get('orders')?.get(1)).toEqual([{ offset: 0n, timestamp: 1000 }]);
    expect(found.get('orders')?.get(2)).toMatchObject([{ reason: 'leaderless' }, { reason: 'leaderless' }]);
    expect(found.get('orders')?.get(9)).toMatchObject([{ reason: 'topic-missing' }]);
    const refused = {
      reason: 'kafka-error',
      detail: 'UNSUPPORTED_FOR_MESSAGE_FORMAT answered to ListOffsets to broker 2',
    };
    expect(found.get('clicks')?.get(0)).toEqual([refused, refused]);
  });

  test('a leader that has moved is not followed', async () => {
    const topology = await reader.readTopology(noDeadline);
    const moved = cluster.description.topics.get('orders')?.partitions[0];
    if (moved !== undefined) moved.leader = 2;
    const found = await reader.lookUpTimestamps(
      new Map([['orders', new Map([[0, [1]]])]]),
      topology,
      noDeadline,
    );
    expect(found.get('orders')?.get(0)).toMatchObject([{ reason: 'leader-moved' }]);
  });

  test('a partition that the answer leaves out, or a broker that is silent, is named', async () => {
    const ofClicks = cluster.description.topics.get('clicks')?.partitions[0];
    if (ofClicks !== undefined) ofClicks.leftOut = true;
    cluster.broker(1).delivery = ({ api }) => (api === 'ListOffsets' ? never : wholly);
    const found = await lookUp({ orders: { 0: [1, 2], 1: [1] }, clicks: { 0: [1] } });
    expect(found.get('orders')?.get(0)).toMatchObject([{ reason: 'timed-out' }, { reason: 'timed-out' }]);
    expect(found.get('orders')?.get(1)).toMatchObject([{ offset: 0n }]);
    expect(found.get('clicks')?.get(0)).toEqual([
      { reason: 'kafka-error', detail: 'the leader left it out of its answer to ListOffsets' },
    ]);
  });
});

describe('topic configurations', () => {
  const configsOf = (names: readonly string[]) => reader.readTopicConfigs(names, noDeadline);
  const described = (name: string): TopicDescription => {
    const found = cluster.description.topics.get(name);
    if (found === undefined) throw new Error(`no topic ${name}`);
    return found;
  };

  test("Kafka's defaults", async () => {
    expect(await configsOf(['orders'])).toEqual({
      configs: new Map([
        [
          'orders',
          {
            retentionMs: 604_800_000,
            retentionBytes: 'unlimited',
            compacted: false,
            timestampType: 'CreateTime',
          },
        ],
      ]),
      unread: new Map(),
    });
  });

  test.each([
    [
      { 'retention.ms': '-1', 'retention.bytes': '9007199254740993' },
      { retentionMs: 'unlimited', retentionBytes: 2n ** 53n + 1n },
    ],
    [
      { 'cleanup.policy': 'compact,delete', 'retention.ms': '5' },
      { compacted: true, retentionMs: 5 },
    ],
    [
      { 'cleanup.policy': 'compact', 'retention.ms': '5', 'retention.bytes': '5' },
      { compacted: true, retentionMs: 'unlimited', retentionBytes: 'unlimited' },
    ],
    [{ 'message.timestamp.type': 'LogAppendTime' }, { timestampType: 'LogAppendTime' }],
    [
      { 'message.timestamp.type': 'Other', 'retention.ms': 'soon', 'retention.bytes': null },
      { timestampType: null, retentionMs: null, retentionBytes: null },
    ],
  ])('what %j means', async (configs, meaning) => {
    described('orders').configs = configs;
    expect((await configsOf(['orders'])).configs.get('orders')).toMatchObject(meaning);
  });

  test('a missing right costs its own topic', async () => {
    described('clicks').configsError = 29;
    const { configs, unread } = await configsOf(['orders', 'clicks', 'missing']);
    expect([...configs.keys()]).toEqual(['orders']);
    expect(unread.get('clicks')).toEqual({
      reason: 'unauthorised',
      detail: 'TOPIC_AUTHORIZATION_FAILED answered to DescribeConfigs',
    });
    expect(unread.get('missing')).toMatchObject({ reason: 'topic-missing' });
  });

  test('one request for many topics, portions for very many', async () => {
    const names = Array.from({ length: 4001 }, (_, i) => `topic ${i}`);
    for (const name of names) cluster.description.topics.set(name, topic([]));
    expect((await configsOf(names)).configs.size).toBe(4001);
    expect(cluster.count('DescribeConfigs')).toBe(3);
    expect((await configsOf([])).configs.size).toBe(0);
    expect(cluster.count('DescribeConfigs')).toBe(3);
  });

  test('no sound answer, no configuration: every topic says why', async () => {
    for (const broker of cluster.brokers) {
      broker.delivery = ({ api }) => (api === 'DescribeConfigs' ? truncatedTo(20) : wholly);
    }
    const { configs, unread } = await configsOf(['orders', 'clicks']);
    expect(configs.size).toBe(0);
    expect([...unread.values()]).toMatchObject([{ reason: 'garbled' }, { reason: 'garbled' }]);
  });

  test('a broker without the request', async () => {
    for (const broker of cluster.brokers) broker.offers.delete('DescribeConfigs');
    expect((await configsOf(['orders'])).unread.get('orders')).toMatchObject({ reason: 'unsupported' });
  });
});
