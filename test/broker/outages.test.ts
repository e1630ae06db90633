import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KafkaCluster, startKafkaCluster } from '../../local/kafka/cluster.ts';
import { viewOfCluster } from '../../local/kafka/probe.ts';
import { statusDocumentSchema } from '../../shared/contracts/status-document.ts';
import type { Unread } from '../../shared/domain/unread.ts';
import type { ClusterReader } from '../../shared/ports/cluster-reader.ts';
import type { Observation } from '../../shared/usecases/observe-cluster.ts';
import { eventually } from '../support/eventually.ts';
import { kafkajsClient } from '../support/kafkajs-client.ts';
import { offsetsPartition } from '../support/offsets-partition.ts';
import { parseExactly } from '../support/parse-exactly.ts';
import { freshReader, poll } from '../support/poll.ts';
import { openRawOffsets } from '../support/raw-offsets.ts';
import { type ReadingRow, readingRows, withUnread } from '../support/readings.ts';
import { lagwarden } from '../support/run-command.ts';
import { createTopics, produce, spread } from '../support/topics.ts';
import { describeWithKafka, startMs, stopMs } from '../support/with-kafka.ts';

/** What the product promises while a broker is down. */
const firstPollMs = 2000;
const laterPollMs = 300;
/** Until a broker is fenced, its partitions have new leaders, and these have loaded their groups. */
const failoverMs = 40_000;

const groups = Array.from({ length: 18 }, (_, i) => `group ${i}`);
const offsetsTopic = '__consumer_offsets';
const offsetsPartitions = 6;

describeWithKafka('a broker of three is down', () => {
  let cluster: KafkaCluster;
  /** All that there is to read, read while all was well. */
  let healthy: Observation;
  let rows: ReadingRow[];

  beforeAll(async () => {
    cluster = await startKafkaCluster({ version: '4.3', brokers: 3 });
    await createTopics(cluster, {
      single: spread(cluster, { partitions: 6, replicas: 1 }),
      triple: spread(cluster, { partitions: 6, replicas: 3 }),
    });
    await produce(cluster, {
      single: [10, 11, 12, 13, 14, 15],
      triple: [20, 21, 22, 23, 24, 25],
    });
    await using raw = await openRawOffsets(cluster);
    // Not on `single`: a killed broker may forget a start that it has not written down yet.
    await raw.deleteRecordsBefore({ triple: [4n, 5n, 6n, 7n] });
    await Promise.all(
      groups.map((group, i) => {
        const own = BigInt(i % 8) + 7n;
        return raw.commit(group, {
          single: [own, own, own, own, null, own],
          triple: [own, own, null, own, own, own],
        });
      }),
    );
    healthy = await polledOnce();
    rows = readingRows(healthy);
  }, startMs);

  afterAll(async () => {
    await cluster?.stop();
  }, stopMs);

  async function polledOnce(): Promise<Observation> {
    const reader = freshReader(cluster.bootstrap);
    try {
      return await poll(reader);
    } finally {
      reader.close();
    }
  }

  /** Partitions that groups speak of and this broker led when all was well. */
  function ledBy(broker: number, topics: readonly string[]): string[] {
    return topics.flatMap((topic) =>
      [...(healthy.snapshot.topics.get(topic)?.partitions.values() ?? [])]
        .filter(({ leader }) => leader === broker)
        .map(({ partition }) => `${topic}-${partition}`),
    );
  }

  /** The broker is dead and Metadata still lists it: what it led and coordinated is unknown, all else is exact. */
  function expectOnlyItsPartUnread(seen: Observation, broker: number, reasons: readonly string[]): void {
    expect(seen.snapshot.brokers, 'the broker was fenced before it was looked at').toContain(broker);
    expectBrokerNamedOnce(seen, broker, reasons);
    const lost = ledBy(broker, ['single', 'triple']);
    expectPartitionsNamed(seen, lost, reasons);
    const coordinated = new Set(
      healthy.snapshot.groups.filter((group) => group.coordinator === broker).map(({ group }) => group),
    );
    expect(coordinated.size, 'the broker coordinates some group').toBeGreaterThan(0);
    expect(readingRows(seen)).toEqual(
      withUnread(rows, { group: (group) => coordinated.has(group), partition: isOneOf(lost) }),
    );
  }

  /** The broker is fenced: all that has another replica is read from there. */
  function expectOnlyLeaderlessUnread(seen: Observation, broker: number): void {
    expect(seen.snapshot.brokers).not.toContain(broker);
    expectBrokerNamedOnce(seen, broker, ['unreachable']);
    const lost = ledBy(broker, ['single']);
    expectPartitionsNamed(seen, lost, ['leaderless']);
    expect(readingRows(seen)).toEqual(withUnread(rows, { group: () => false, partition: isOneOf(lost) }));
  }

  /** Resolves when the others have taken over what they can of this broker. */
  function untilTakenOver(broker: number, reader: ClusterReader): Promise<true> {
    return eventually('the others have taken over', failoverMs, async () => {
      const { snapshot } = await poll(reader);
      return (
        !snapshot.brokers.includes(broker) &&
        snapshot.groups.length === groups.length &&
        snapshot.unread.filter(({ scope }) => scope === 'broker').length === 1 &&
        [...(snapshot.topics.get('triple')?.partitions.values() ?? [])].every(({ unread }) => unread === null)
      );
    });
  }

  async function untilHealthy(reader: ClusterReader): Promise<void> {
    const seen = await eventually('everything is read again', failoverMs, async () => {
      const observation = await poll(reader);
      return observation.snapshot.unread.length === 0 && observation;
    });
    expect(seen.snapshot.brokers).toEqual([1, 2, 3]);
    expect(readingRows(seen)).toEqual(rows);
    // Leaders and coordinators have moved: the next outage is measured against where they are now.
    healthy = seen;
  }

  test('reads everything while all brokers live', () => {
    expect(healthy.snapshot.unread).toEqual([]);
    expect(healthy.snapshot.groups.map(({ group }) => group)).toEqual(groups.toSorted());
    expect(rows).toHaveLength(groups.length * 10);
  });

  test('killed: it costs its own part only, before and after it is fenced, within the time promised', async () => {
    const broker = 1;
    const warm = freshReader(cluster.bootstrap);
    const fresh = freshReader(cluster.bootstrap);
    try {
      await poll(warm);
      await cluster.kill(broker);

      const first = await poll(fresh);
      const later = await polls(fresh, 4);
      const ofWarm = await polls(warm, 3);
      for (const seen of [first, ...later, ...ofWarm]) {
        expectOnlyItsPartUnread(seen, broker, ['unreachable']);
      }
      expect(first.durationMs).toBeLessThan(firstPollMs);
      expect(typicalMs(later)).toBeLessThan(laterPollMs);
      expect(typicalMs(ofWarm)).toBeLessThan(laterPollMs);

      await untilTakenOver(broker, fresh);
      const firstFenced = await polledOnce();
      const laterFenced = await polls(fresh, 4);
      for (const seen of [firstFenced, ...laterFenced]) expectOnlyLeaderlessUnread(seen, broker);
      expect(firstFenced.durationMs).toBeLessThan(firstPollMs);
      expect(typicalMs(laterFenced)).toBeLessThan(laterPollMs);

      await cluster.restart(broker);
      await untilHealthy(fresh);
    } finally {
      warm.close();
      fresh.close();
    }
  }, 150_000);

  test('silent: the same, and a connection that was open is given up after its silence', async () => {
    const broker = 2;
    const warm = freshReader(cluster.bootstrap);
    const fresh = freshReader(cluster.bootstrap);
    try {
      await poll(warm);
      cluster.pause(broker);
      // Both readers at once: the broker stays listed for a few seconds only.
      const pollOfWarm = poll(warm);
      const first = await poll(fresh);
      const later = await polls(fresh, 4);
      for (const seen of [first, ...later]) expectOnlyItsPartUnread(seen, broker, ['timed-out']);
      expect(first.durationMs).toBeLessThan(firstPollMs);
      expect(typicalMs(later)).toBeLessThan(laterPollMs);
      const firstOfWarm = await pollOfWarm;
      // 3 s of silence on the open connection, then 1.5 s for a new one.
      expect(firstOfWarm.durationMs).toBeLessThan(5000);

      await untilTakenOver(broker, fresh);
      const firstFenced = await polledOnce();
      const laterFenced = await polls(fresh, 4);
      for (const seen of [firstFenced, ...laterFenced]) expectOnlyLeaderlessUnread(seen, broker);
      expect(firstFenced.durationMs).toBeLessThan(firstPollMs);
      expect(typicalMs(laterFenced)).toBeLessThan(laterPollMs);

      // The command, told to ask the silent broker first.
      const silentFirst = cluster.bootstrap.split(',').toSorted((a) => (a.endsWith(portOf(broker)) ? -1 : 1));
      const { stdout } = await lagwarden('status', '--brokers', silentFirst.join(','), '--json');
      const exact = ['start', 'committed', 'stable', 'end', 'lag', 'recordsLost'];
      const document = statusDocumentSchema.parse(parseExactly(stdout, exact));
      expect(document.durationMs).toBeLessThan(firstPollMs);
      expect(document.groups).toHaveLength(groups.length);
      expect(document.unread.filter(({ scope }) => scope === 'broker')).toMatchObject([{ broker }]);

      cluster.resume(broker);
      await untilHealthy(warm);
    } finally {
      warm.close();
      fresh.close();
    }
  }, 150_000);

  test('a leaderless partition of the offsets topic hides its own groups, and the row says so', async () => {
    const broker = 3;
    const hidden = offsetsPartition('group 0', offsetsPartitions);
    const isHidden = (group: string) => offsetsPartition(group, offsetsPartitions) === hidden;
    await holdOffsetsPartitionOn(broker, hidden);
    healthy = await polledOnce();
    await cluster.kill(broker);

    const reader = freshReader(cluster.bootstrap);
    try {
      const visible = groups.filter((group) => !isHidden(group)).toSorted();
      expect(visible.length).toBeGreaterThan(0);
      const seen = await eventually('the others have taken over', failoverMs, async () => {
        const observation = await poll(reader);
        const { brokers, unread } = observation.snapshot;
        const isDone =
          !brokers.includes(broker) &&
          observation.snapshot.groups.length === visible.length &&
          unread.filter(({ scope }) => scope === 'broker').length === 1 &&
          unread.every((part) => part.scope !== 'partition' || part.topic !== 'triple');
        return isDone && observation;
      });
      expect(seen.snapshot.groups.map(({ group }) => group)).toEqual(visible);
      const lost = ledBy(broker, ['single']);
      expectPartitionsNamed(seen, [`${offsetsTopic}-${hidden}`, ...lost], ['leaderless']);
      expectBrokerNamedOnce(seen, broker, ['unreachable']);
      expect(readingRows(seen)).toEqual(withUnread(rows, { group: isHidden, partition: isOneOf(lost) }));
    } finally {
      reader.close();
    }
  }, 90_000);

  function portOf(broker: number): string {
    return `:${cluster.brokers.find(({ id }) => id === broker)?.port}`;
  }

  /** Leaves the broker as the only one that holds the commits of this partition's groups. */
  async function holdOffsetsPartitionOn(broker: number, partition: number): Promise<void> {
    const admin = kafkajsClient(cluster, 'reassigner').admin();
    await admin.connect();
    const partitionAssignment = [{ partition, replicas: [broker] }];
    await admin.alterPartitionReassignments({ topics: [{ topic: offsetsTopic, partitionAssignment }] });
    await admin.disconnect();
    await eventually('one broker alone holds the partition', 30_000, async () => {
      // A broker's own view lists partitions in order of their number.
      const { partitions } = await viewOfCluster(cluster.brokers[0]?.port ?? 0, 5000);
      const found = partitions.filter(({ topic }) => topic === offsetsTopic)[partition];
      return found?.leader === broker && found.inSync.length === 1;
    });
  }
});

async function polls(reader: ClusterReader, count: number): Promise<Observation[]> {
  const seen: Observation[] = [];
  for (let i = 0; i < count; i++) seen.push(await poll(reader));
  return seen;
}

/** The upper median: one slow poll on a busy machine is no fault, two of four are. */
function typicalMs(seen: readonly Observation[]): number {
  const sorted = seen.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function expectBrokerNamedOnce(seen: Observation, broker: number, reasons: readonly string[]): void {
  const named = seen.snapshot.unread.filter(({ scope }) => scope === 'broker');
  expect(named).toMatchObject([{ broker }]);
  for (const { reason } of named) expect(reasons).toContain(reason);
}

/** One row each, and no others; not a word of groups and topics. */
function expectPartitionsNamed(
  seen: Observation,
  partitions: readonly string[],
  reasons: readonly string[],
): void {
  const rest = seen.snapshot.unread.filter(({ scope }) => scope !== 'broker');
  expect(rest.map(partitionOf).toSorted()).toEqual(partitions.toSorted());
  for (const { reason } of rest) expect(reasons).toContain(reason);
}

function partitionOf(part: Unread): string {
  return part.scope === 'partition' ? `${part.topic}-${part.partition}` : part.scope;
}

function isOneOf(partitions: readonly string[]) {
  return (topic: string, partition: number) => partitions.includes(`${topic}-${partition}`);
}
