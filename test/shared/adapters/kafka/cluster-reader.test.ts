import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kafka28Versions, type SpokenApi } from '../../../../local/fake-cluster/apis.ts';
import { FakeCluster } from '../../../../local/fake-cluster/cluster.ts';
import { httpAnswer, inPieces, never, truncatedTo, wholly } from '../../../../local/fake-cluster/delivery.ts';
import { commits, group, member, partition, topic } from '../../../../local/fake-cluster/description.ts';
import { connectClusterReader } from '../../../../shared/adapters/kafka/cluster-reader.ts';
import type { PartitionsByTopic } from '../../../../shared/domain/offset.ts';
import type { ClusterReader, ListedGroup, OffsetKind } from '../../../../shared/ports/cluster-reader.ts';
import { eventually } from '../../../support/eventually.ts';

let cluster: FakeCluster;
let reader: ClusterReader;
const noDeadline = new AbortController().signal;

beforeEach(async () => {
  cluster = await FakeCluster.start(3);
  const { topics, groups } = cluster.description;
  topics.set(
    'orders',
    topic(
      [
        partition(1, { start: 5n, stable: 95n, end: 100n }),
        partition(2, { start: 0n, stable: 2n ** 53n + 1n, end: 2n ** 53n + 3n }),
        partition(3),
      ],
      'AAECAwQFBgcICQoLDA0ODw',
    ),
  );
  groups.set('billing', group(1, { commits: commits('orders', { 0: 90n, 1: 7n }) }));
  groups.set('search', group(2, { commits: commits('orders', { 2: 100n }) }));
  groups.set('idle', group(3, { state: 'Empty' }));
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

const orders: PartitionsByTopic = new Map([['orders', [0, 1, 2]]]);

async function offsets(kind: OffsetKind, wanted = orders) {
  const topology = await reader.readTopology(noDeadline);
  return reader.readOffsets(kind, wanted, topology, noDeadline);
}

async function listed(): Promise<readonly ListedGroup[]> {
  const topology = await reader.readTopology(noDeadline);
  return (await reader.listGroups(topology, noDeadline)).groups;
}

const commitsOf = async () => reader.readCommits(await listed(), noDeadline);
const membersOf = async () => reader.readMembers(await listed(), noDeadline);

function commitOf(name: string, topicName: string, number: number) {
  const commit = cluster.description.groups.get(name)?.commits.get(topicName)?.get(number);
  if (commit === undefined) throw new Error('no such commit');
  return commit;
}

function partitionOf(number: number) {
  const described = cluster.description.topics.get('orders')?.partitions[number];
  if (described === undefined) throw new Error('no such partition');
  return described;
}

function groupOf(name: string) {
  const described = cluster.description.groups.get(name);
  if (described === undefined) throw new Error('no such group');
  return described;
}

describe('topology', () => {
  test('names brokers, topics and leaders', async () => {
    expect(await reader.readTopology(noDeadline)).toEqual({
      clusterId: 'fake-cluster',
      brokers: [1, 2, 3],
      topics: new Map([
        [
          'orders',
          {
            id: 'AAECAwQFBgcICQoLDA0ODw',
            leaders: new Map([
              [0, 1],
              [1, 2],
              [2, 3],
            ]),
          },
        ],
      ]),
      unread: [],
    });
  });

  test('a leaderless partition costs itself', async () => {
    partitionOf(1).leader = -1;
    const { topics } = await reader.readTopology(noDeadline);
    expect([...(topics.get('orders')?.leaders ?? [])]).toEqual([
      [0, 1],
      [1, null],
      [2, 3],
    ]);
    const read = (await offsets('end')).get('orders');
    expect(read?.get(0)).toBe(100n);
    expect(read?.get(1)).toMatchObject({ reason: 'leaderless' });
    expect(read?.get(2)).toBe(100n);
  });

  test('a leaderless partition of __consumer_offsets hides groups, and says so', async () => {
    cluster.description.topics.set('__consumer_offsets', topic([partition(1), partition(-1)]));
    expect((await reader.readTopology(noDeadline)).unread).toEqual([
      {
        scope: 'partition',
        topic: '__consumer_offsets',
        partition: 1,
        reason: 'leaderless',
        detail: 'it has no leader; the groups whose commits it holds cannot be listed',
      },
    ]);
  });

  test('a broker that holds replicas but is not named is missing', async () => {
    partitionOf(0).replicas = [1, 7];
    expect((await reader.readTopology(noDeadline)).unread).toEqual([
      {
        scope: 'broker',
        broker: 7,
        reason: 'unreachable',
        detail: 'the cluster does not name it as alive; it holds replicas of 1 partition',
      },
    ]);
  });

  test.each([
    [29, 'unauthorised'],
    [3, 'topic-missing'],
    [5, 'leaderless'],
    [-1, 'kafka-error'],
  ])('error %i of a topic is its own', async (error, reason) => {
    cluster.description.topics.set('secret', { id: null, error, partitions: [] });
    const { topics, unread } = await reader.readTopology(noDeadline);
    expect([...topics.keys()]).toEqual(['orders']);
    expect(unread).toMatchObject([{ scope: 'topic', topic: 'secret', reason }]);
  });

  test('topics by name: those that exist, and for the others why not', async () => {
    cluster.description.unlistedTopics.set('secret', { error: 29 });
    const { topics, unread } = await reader.readTopics(['orders', 'secret', 'gone'], noDeadline);
    expect([...topics.keys()]).toEqual(['orders']);
    expect(unread).toEqual([
      {
        scope: 'topic',
        topic: 'secret',
        reason: 'unauthorised',
        detail: 'TOPIC_AUTHORIZATION_FAILED answered to Metadata',
      },
      {
        scope: 'topic',
        topic: 'gone',
        reason: 'topic-missing',
        detail: 'UNKNOWN_TOPIC_OR_PARTITION answered to Metadata',
      },
    ]);
  });

  test('topics by name when nobody answers', async () => {
    await cluster.stop();
    const { topics, unread } = await reader.readTopics(['orders'], noDeadline);
    expect(topics.size).toBe(0);
    expect(unread).toMatchObject([{ scope: 'topic', topic: 'orders', reason: 'unreachable' }]);
  });

  test('is a fault when no broker answers', async () => {
    await cluster.stop();
    await expect(reader.readTopology(noDeadline)).rejects.toMatchObject({
      name: 'Fault',
      code: 'unreachable',
    });
  });
});

describe('offsets', () => {
  test.each<[OffsetKind, bigint[]]>([
    ['start', [5n, 0n, 0n]],
    ['stable', [95n, 9007199254740993n, 100n]],
    ['end', [100n, 9007199254740995n, 100n]],
  ])('%s, exact beyond 2⁵³', async (kind, expected) => {
    const read = (await offsets(kind)).get('orders');
    expect([0, 1, 2].map((number) => read?.get(number))).toEqual(expected);
    expect(cluster.count('ListOffsets')).toBe(3);
  });

  test.each([
    [29, 'unauthorised'],
    [3, 'topic-missing'],
    [7, 'timed-out'],
    [56, 'kafka-error'],
    [43, 'kafka-error'],
  ])('error %i of a partition is its own', async (error, reason) => {
    partitionOf(0).error = error;
    const read = (await offsets('end')).get('orders');
    expect(read?.get(0)).toMatchObject({
      reason,
      detail: expect.stringContaining('ListOffsets to broker 1'),
    });
    expect([read?.get(1), read?.get(2)]).toEqual([9007199254740995n, 100n]);
    expect(cluster.count('Metadata')).toBe(1);
  });

  test('a leader that moved is found again, once', async () => {
    const topology = await reader.readTopology(noDeadline);
    partitionOf(0).leader = 3;
    const read = await reader.readOffsets('end', orders, topology, noDeadline);
    expect(read.get('orders')?.get(0)).toBe(100n);
    expect(cluster.count('Metadata')).toBe(2);
    expect(cluster.brokers.map((broker) => broker.count('ListOffsets'))).toEqual([1, 1, 2]);
  });

  test('a leader that has moved again is left for the next poll', async () => {
    partitionOf(0).error = 6;
    const read = await offsets('end');
    expect(read.get('orders')?.get(0)).toEqual({
      reason: 'leader-moved',
      detail: 'NOT_LEADER_OR_FOLLOWER answered to ListOffsets to broker 1',
    });
    expect(cluster.count('Metadata')).toBe(2);
    expect(cluster.broker(1).count('ListOffsets')).toBe(2);
  });

  test('a partition that lost its leader meanwhile is leaderless', async () => {
    const topology = await reader.readTopology(noDeadline);
    partitionOf(0).leader = -1;
    const read = await reader.readOffsets('end', orders, topology, noDeadline);
    expect(read.get('orders')?.get(0)).toMatchObject({ reason: 'leaderless' });
  });

  test('a partition left out of the answer is named', async () => {
    partitionOf(0).leftOut = true;
    const read = (await offsets('end')).get('orders');
    expect(read?.get(0)).toEqual({
      reason: 'kafka-error',
      detail: 'the leader left it out of its answer to ListOffsets',
    });
    expect(read?.get(1)).toBe(9007199254740995n);
  });

  test('an answer without an offset is no offset', async () => {
    partitionOf(0).end = -1n;
    expect((await offsets('end')).get('orders')?.get(0)).toEqual({
      reason: 'kafka-error',
      detail: 'the leader answered ListOffsets without an offset',
    });
  });

  test('a partition or topic that the cluster does not name', async () => {
    const wanted = new Map([
      ['orders', [0, 9]],
      ['gone', [0]],
    ]);
    const read = await offsets('end', wanted);
    expect(read.get('orders')?.get(0)).toBe(100n);
    expect(read.get('orders')?.get(9)).toMatchObject({ reason: 'topic-missing' });
    expect(read.get('gone')?.get(0)).toMatchObject({ reason: 'topic-missing' });
  });

  test.each<[string, string, () => Promise<void>]>([
    ['dead', 'unreachable', () => cluster.broker(2).stop()],
    ['silent', 'timed-out', async () => silence(2, 'ListOffsets')],
    ['talking nonsense', 'garbled', async () => garble(2, 'ListOffsets')],
    ['without the request', 'unsupported', async () => withdraw(2, 'ListOffsets')],
  ])('a leader that is %s costs its own partitions', async (_, reason, damage) => {
    const topology = await reader.readTopology(noDeadline);
    await damage();
    const read = (await reader.readOffsets('end', orders, topology, noDeadline)).get('orders');
    expect([read?.get(0), read?.get(2)]).toEqual([100n, 100n]);
    expect(read?.get(1)).toMatchObject({ reason, detail: expect.stringMatching(/^leader 2: /) });
  });
});

function silence(broker: number, api: SpokenApi): void {
  cluster.broker(broker).delivery = (request) => (request.api === api ? never : wholly);
}

function withdraw(broker: number, api: SpokenApi): void {
  cluster.broker(broker).offers.delete(api);
}

function garble(broker: number, api: SpokenApi): void {
  cluster.broker(broker).delivery = (request) => (request.api === api ? httpAnswer : wholly);
}

describe('groups', () => {
  test('come from the broker that coordinates them', async () => {
    expect([...(await listed())].sort((a, b) => a.coordinator - b.coordinator)).toEqual([
      { group: 'billing', type: 'classic', state: 'Stable', coordinator: 1 },
      { group: 'search', type: 'classic', state: 'Stable', coordinator: 2 },
      { group: 'idle', type: 'classic', state: 'Empty', coordinator: 3 },
    ]);
  });

  test('of every type', async () => {
    groupOf('billing').type = 'Consumer';
    groupOf('search').type = 'Share';
    groupOf('idle').type = 'Streams';
    expect(new Map((await listed()).map(({ group, type }) => [group, type]))).toEqual(
      new Map([
        ['billing', 'consumer'],
        ['search', 'share'],
        ['idle', 'streams'],
      ]),
    );
  });

  test.each([
    [3, '', 'unknown'],
    [4, 'Stable', 'unknown'],
  ])('from ListGroups v%i have no type that could be trusted', async (version, state, type) => {
    for (const broker of cluster.brokers) broker.offers.set('ListGroups', { min: 0, max: version });
    groupOf('search').protocolType = 'share';
    const groups = await listed();
    expect(groups.find(({ group }) => group === 'billing')).toMatchObject({ state, type });
    // A share group gives itself away by its protocol.
    expect(groups.find(({ group }) => group === 'search')).toMatchObject({ type: 'share' });
  });

  test.each([1, 2])(
    'listed by two brokers appear once, and are read right even if broker %i answers last',
    async (last) => {
      groupOf('billing').alsoListedBy = 2;
      for (const broker of cluster.brokers) {
        broker.delivery = ({ api }) => (api === 'ListGroups' && broker.id === last ? inPieces(8, 5) : wholly);
      }
      const groups = await listed();
      expect(groups.filter(({ group }) => group === 'billing')).toMatchObject([{ coordinator: last }]);
      // Broker 1 coordinates it; the other one says so, and is not believed to know nothing.
      const read = (await reader.readCommits(groups, noDeadline)).get('billing');
      expect(read).toMatchObject({ known: true });
    },
  );

  test.each<[string, string, () => Promise<void>]>([
    ['dead', 'unreachable', () => cluster.broker(2).stop()],
    ['silent', 'timed-out', async () => silence(2, 'ListGroups')],
    ['talking nonsense', 'garbled', async () => garble(2, 'ListGroups')],
  ])('a broker that is %s hides its own groups only, and is named', async (_, reason, damage) => {
    const topology = await reader.readTopology(noDeadline);
    await damage();
    const { groups, unread } = await reader.listGroups(topology, noDeadline);
    expect(groups.map(({ group }) => group).sort()).toEqual(['billing', 'idle']);
    expect(unread).toMatchObject([
      {
        scope: 'broker',
        broker: 2,
        reason,
        detail: expect.stringContaining('groups that it coordinates are missing'),
      },
    ]);
  });

  test.each([
    [31, 'unauthorised', 2],
    // Some groups are still being loaded: the others are listed beside the error.
    [14, 'coordinator-unread', 3],
    [15, 'coordinator-unread', 2],
  ])('error %i of ListGroups is the broker’s: %s, and %i groups are kept', async (error, reason, kept) => {
    cluster.broker(2).listGroupsError = error;
    const topology = await reader.readTopology(noDeadline);
    const { groups, unread } = await reader.listGroups(topology, noDeadline);
    expect(groups).toHaveLength(kept);
    expect(unread).toMatchObject([
      { scope: 'broker', broker: 2, reason, detail: expect.stringMatching(/groups that it .* are missing$/) },
    ]);
  });
});

describe('commits', () => {
  test('of all groups, one request to each coordinator', async () => {
    expect(await commitsOf()).toEqual(
      new Map([
        [
          'billing',
          {
            known: true,
            topics: [{ topic: 'orders', partitions: [0, 1], offsets: BigInt64Array.of(90n, 7n) }],
            unread: [],
          },
        ],
        [
          'search',
          {
            known: true,
            topics: [{ topic: 'orders', partitions: [2], offsets: BigInt64Array.of(100n) }],
            unread: [],
          },
        ],
        ['idle', { known: true, topics: [], unread: [] }],
      ]),
    );
    expect(cluster.count('OffsetFetch')).toBe(3);
  });

  test.each([
    [30, 'unauthorised'],
    [14, 'coordinator-unread'],
    [-1, 'kafka-error'],
  ])('error %i of a group is its own', async (commitsError, reason) => {
    groupOf('billing').coordinator = 2;
    groupOf('billing').commitsError = commitsError;
    const read = await commitsOf();
    expect(read.get('billing')).toMatchObject({ known: false, cause: { reason } });
    expect(read.get('search')).toMatchObject({ known: true });
  });

  test.each([
    [29, 'unauthorised'],
    [3, 'topic-missing'],
    [88, 'kafka-error'],
  ])('error %i of a partition is its own', async (error, reason) => {
    commitOf('billing', 'orders', 0).error = error;
    expect((await commitsOf()).get('billing')).toMatchObject({
      known: true,
      topics: [{ topic: 'orders', partitions: [1], offsets: BigInt64Array.of(7n) }],
      unread: [{ scope: 'partition', group: 'billing', topic: 'orders', partition: 0, reason }],
    });
  });

  test('a group that has moved to another coordinator is found there, by one more request', async () => {
    const groups = await listed();
    const before = await reader.readCommits(groups, noDeadline);
    groupOf('billing').coordinator = 2;
    reader.takeRequestCounts();
    const after = await reader.readCommits(groups, noDeadline);
    expect(after.get('billing')).toEqual(before.get('billing'));
    expect(reader.takeRequestCounts().get('FindCoordinator')).toBe(1);
    expect((await reader.readMembers(groups, noDeadline)).get('billing')).toMatchObject({ known: true });
  });

  test('a group that has moved to a broker that is gone is unread, not empty', async () => {
    const groups = await listed();
    groupOf('billing').coordinator = 99;
    const read = await reader.readCommits(groups, noDeadline);
    expect(read.get('billing')).toMatchObject({ known: false, cause: { reason: 'coordinator-unread' } });
  });

  test('a group left out of the answer is named', async () => {
    groupOf('billing').leftOut = true;
    expect((await commitsOf()).get('billing')).toEqual({
      known: false,
      cause: { reason: 'kafka-error', detail: 'broker 1 left it out of its answer to OffsetFetch' },
    });
  });

  test('of a coordinator that is silent are unread, the others known', async () => {
    const groups = await listed();
    silence(2, 'OffsetFetch');
    const read = await reader.readCommits(groups, noDeadline);
    expect(read.get('search')).toMatchObject({
      known: false,
      cause: {
        reason: 'coordinator-unread',
        detail: expect.stringMatching(/^its coordinator 2: .*did not answer/),
      },
    });
    expect(read.get('billing')).toMatchObject({ known: true });
  });

  test('of a coordinator whose answer is cut are unread', async () => {
    const groups = await listed();
    cluster.broker(2).delivery = ({ api }) => (api === 'OffsetFetch' ? truncatedTo(30) : wholly);
    const read = await reader.readCommits(groups, noDeadline);
    expect(read.get('search')).toMatchObject({
      known: false,
      cause: { reason: 'coordinator-unread', detail: expect.stringContaining('OffsetFetch v8: ') },
    });
  });

  test('before Kafka 3.0 are asked one group at a time', async () => {
    for (const broker of cluster.brokers) broker.offers = kafka28Versions();
    for (let i = 0; i < 20; i++) {
      cluster.description.groups.set(`many-${i}`, group(2, { commits: commits('orders', { 0: BigInt(i) }) }));
    }
    const read = await commitsOf();
    expect(read.get('many-19')).toMatchObject({ topics: [{ offsets: BigInt64Array.of(19n) }] });
    expect(read.get('billing')).toMatchObject({ topics: [{ offsets: BigInt64Array.of(90n, 7n) }] });
    expect(cluster.count('OffsetFetch')).toBe(23);
    expect(cluster.brokers.map((broker) => broker.connectionsAccepted)).toEqual([1, 1, 1]);
  });

  test('of more groups than one answer should hold are asked in portions', async () => {
    cluster.description.groups.clear();
    for (let i = 0; i < 2500; i++) {
      cluster.description.groups.set(
        `g${i}`,
        group(1 + (i % 2), { commits: commits('orders', { 0: BigInt(i) }) }),
      );
    }
    const read = await commitsOf();
    expect(read.size).toBe(2500);
    expect([...read.values()].every(({ known }) => known)).toBe(true);
    expect(read.get('g2499')).toMatchObject({ topics: [{ offsets: BigInt64Array.of(2499n) }] });
    expect(cluster.count('OffsetFetch')).toBe(4);
  });
});

describe('members', () => {
  const assigned = new Map([['orders', [0, 2]]]);
  const one = member('m1', { subscribed: ['orders'], assigned });
  const shown = { id: 'm1', clientId: 'client', host: '10.0.0.3', subscribed: ['orders'], assigned };

  test('of classic and of KIP-848 groups, each by its own request', async () => {
    groupOf('billing').members = [one];
    Object.assign(groupOf('search'), { type: 'Consumer', members: [one] });
    const read = await membersOf();
    expect(read.get('billing')).toEqual({ known: true, state: 'Stable', members: [shown] });
    expect(read.get('search')).toEqual({ known: true, state: 'Stable', members: [shown] });
    expect(cluster.count('DescribeGroups')).toBe(2);
    expect(cluster.count('ConsumerGroupDescribe')).toBe(1);
  });

  test.each([3, 4])('of a live KIP-848 group that ListGroups v%i gives no type', async (version) => {
    for (const broker of cluster.brokers) {
      broker.offers.set('ListGroups', { min: 0, max: version });
      broker.offers.set('DescribeGroups', { min: 0, max: 5 });
    }
    Object.assign(groupOf('search'), { type: 'Consumer', members: [one] });
    const read = await membersOf();
    expect(read.get('search')).toEqual({ known: true, state: 'Stable', members: [shown] });
    // Only that one looked dead.
    expect(cluster.count('ConsumerGroupDescribe')).toBe(1);
  });

  test.each([
    ['Classic', 'Consumer'],
    ['Consumer', 'Classic'],
  ] as const)('of a %s group that has become a %s group since it was listed', async (before, after) => {
    groupOf('search').type = before;
    const groups = await listed();
    Object.assign(groupOf('search'), { type: after, members: [one] });
    expect((await reader.readMembers(groups, noDeadline)).get('search')).toEqual({
      known: true,
      state: 'Stable',
      members: [shown],
    });
  });

  test('of a group that looks dead where the other request failed are not known', async () => {
    for (const broker of cluster.brokers) broker.offers.set('ListGroups', { min: 0, max: 4 });
    Object.assign(groupOf('search'), { type: 'Consumer', describeError: 29 });
    expect((await membersOf()).get('search')).toMatchObject({
      known: false,
      cause: { reason: 'unauthorised' },
    });
  });

  test('of a group that looks dead to a broker without KIP-848 are none', async () => {
    for (const broker of cluster.brokers) broker.offers.delete('ConsumerGroupDescribe');
    const groups = await listed();
    cluster.description.groups.delete('billing');
    expect((await reader.readMembers(groups, noDeadline)).get('billing')).toMatchObject({ state: 'Dead' });
  });

  test('of a group that both requests call dead', async () => {
    for (const broker of cluster.brokers) broker.offers.set('ListGroups', { min: 0, max: 4 });
    const groups = await listed();
    cluster.description.groups.delete('billing');
    expect((await reader.readMembers(groups, noDeadline)).get('billing')).toEqual({
      known: true,
      state: 'Dead',
      members: [],
    });
  });

  test('of share and streams groups are not asked for', async () => {
    groupOf('billing').type = 'Share';
    groupOf('search').type = 'Streams';
    const read = await membersOf();
    expect([...read.keys()]).toEqual(['idle']);
    expect(cluster.count('ConsumerGroupDescribe')).toBe(0);
    expect(cluster.count('DescribeGroups')).toBe(1);
  });

  test('whose bytes make no sense own nothing that we know of', async () => {
    groupOf('billing').members = [
      member('m1', { subscribed: ['orders'], rawAssignment: Buffer.from('ffff7fffffff', 'hex') }),
    ];
    expect((await membersOf()).get('billing')).toMatchObject({
      known: true,
      members: [{ id: 'm1', subscribed: ['orders'], assigned: new Map() }],
    });
  });

  test.each([
    [30, 'unauthorised'],
    [15, 'coordinator-unread'],
  ])('error %i of a group is its own', async (describeError, reason) => {
    groupOf('billing').describeError = describeError;
    const read = await membersOf();
    expect(read.get('billing')).toMatchObject({ known: false, cause: { reason } });
    expect(read.get('search')).toMatchObject({ known: true });
  });

  test('a group left out of the answer is named', async () => {
    groupOf('billing').leftOut = true;
    expect((await membersOf()).get('billing')).toMatchObject({
      known: false,
      cause: { reason: 'kafka-error', detail: 'broker 1 left it out of its answer to the describe request' },
    });
  });

  test('of a broker that is too new for us are unsupported, not dead', async () => {
    cluster.broker(1).offers.set('DescribeGroups', { min: 7, max: 9 });
    expect((await membersOf()).get('billing')).toMatchObject({
      known: false,
      cause: { reason: 'unsupported', detail: expect.stringContaining('a newer Lagwarden is needed') },
    });
  });
});

describe('a whole poll', () => {
  async function poll(signal = noDeadline): Promise<void> {
    const topology = await reader.readTopology(signal);
    const { groups } = await reader.listGroups(topology, signal);
    await reader.readOffsets('start', orders, topology, signal);
    await reader.readCommits(groups, signal);
    await reader.readOffsets('stable', orders, topology, signal);
    await reader.readOffsets('end', orders, topology, signal);
  }

  test('takes 5 requests a broker and one more, and counts what the brokers count', async () => {
    await poll();
    expect(Object.fromEntries(reader.takeRequestCounts())).toEqual({
      ApiVersions: 3,
      Metadata: 1,
      ListGroups: 3,
      OffsetFetch: 3,
      ListOffsets: 9,
    });
    for (const api of ['ApiVersions', 'Metadata', 'ListGroups', 'OffsetFetch', 'ListOffsets'] as const) {
      expect(cluster.count(api), api).toBe(
        { ApiVersions: 3, Metadata: 1, ListGroups: 3, OffsetFetch: 3, ListOffsets: 9 }[api],
      );
    }
    await poll();
    // Connected already: no handshake.
    expect(Object.fromEntries(reader.takeRequestCounts())).toEqual({
      Metadata: 1,
      ListGroups: 3,
      OffsetFetch: 3,
      ListOffsets: 9,
    });
    expect(cluster.brokers.map((broker) => broker.connectionsAccepted)).toEqual([1, 1, 1]);
  });

  test('takes as many whatever the number of topics, partitions and groups', async () => {
    const { topics, groups } = cluster.description;
    for (let t = 0; t < 50; t++) {
      topics.set(`t${t}`, topic(Array.from({ length: 12 }, (_, number) => partition(1 + (number % 3)))));
      for (let g = 0; g < 4; g++)
        groups.set(`g${t}-${g}`, group(1 + (g % 3), { commits: commits(`t${t}`, { 0: 1n }) }));
    }
    await poll();
    expect([...reader.takeRequestCounts().values()].reduce((a, b) => a + b)).toBe(5 * 3 + 1 + 3);
  });

  test('ends at its deadline, wherever it is', async () => {
    reader.close();
    // Silence alone would end it much later.
    reader = connectClusterReader({ bootstrap: cluster.addresses, login: { tls: null, sasl: null } });
    for (const api of ['ListGroups', 'OffsetFetch', 'ListOffsets'] as const) {
      for (const broker of cluster.brokers) broker.delivery = () => wholly;
      silence(3, api);
      const asked = cluster.broker(3).count(api);
      const deadline = new AbortController();
      const polling = poll(deadline.signal);
      await eventually(`${api} is asked`, 4000, () => cluster.broker(3).count(api) > asked);
      const startedAt = performance.now();
      deadline.abort();
      await polling;
      expect(performance.now() - startedAt).toBeLessThan(900);
    }
  });

  test('goes through a broker that was restarted between polls', async () => {
    await poll();
    await cluster.broker(2).stop();
    await cluster.broker(2).start();
    const read = await offsets('end');
    expect(read.get('orders')?.get(1)).toBe(9007199254740995n);
    expect(cluster.broker(2).connectionsAccepted).toBe(2);
  });

  test('is told a throttle time and keeps to it', async () => {
    await poll();
    for (const broker of cluster.brokers) broker.throttleMs = 700; // longer than silence may last
    await reader.listGroups(await reader.readTopology(noDeadline), noDeadline);
    for (const broker of cluster.brokers) broker.throttleMs = 0;
    const startedAt = performance.now();
    const { unread } = await reader.listGroups(await reader.readTopology(noDeadline), noDeadline);
    expect(unread).toEqual([]);
    expect(performance.now() - startedAt).toBeGreaterThan(400);
  });
});
