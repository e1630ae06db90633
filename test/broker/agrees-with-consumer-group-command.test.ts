import type { Consumer } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KafkaCluster, startKafkaCluster } from '../../local/kafka/cluster.ts';
import { type DescribedPartition, describeAllGroups } from '../../local/kafka/consumer-group-command.ts';
import type { KafkaVersion } from '../../local/kafka/version.ts';
import { type SnapshotLine, snapshotLineSchema } from '../../shared/contracts/snapshot-line.ts';
import { type StatusDocument, statusDocumentSchema } from '../../shared/contracts/status-document.ts';
import type { GroupFinding } from '../../shared/domain/finding.ts';
import { joinNewProtocolGroup, joinShareGroup, quickNewProtocol } from '../support/console-consumer.ts';
import { eventually } from '../support/eventually.ts';
import { joinClassicGroup } from '../support/kafkajs-member.ts';
import { parseExactly } from '../support/parse-exactly.ts';
import { findingsByGroup, freshReader, poll } from '../support/poll.ts';
import { openRawOffsets } from '../support/raw-offsets.ts';
import { lagwarden } from '../support/run-command.ts';
import { createTopics, produce, spread } from '../support/topics.ts';
import { describeWithKafka, startMs, stopMs } from '../support/with-kafka.ts';

const greatest = 2n ** 63n - 1n;
const beyondDoubles = 2n ** 53n + 1n;

/** Ids that have broken one tool or another: separators, surrogate pairs, spaces, line ends, and any length. */
const hardIds = [
  'colon:group:0',
  'emoji 😀😀 group',
  'two  spaces',
  ' leading space',
  'line\nbreak',
  '"quoted" \\ and, comma',
  'a'.repeat(249),
  'b'.repeat(255),
  'ü'.repeat(1000),
];

for (const version of ['4.1', '3.9'] as const) {
  describeWithKafka(`a quiet cluster of three brokers, Kafka ${version}`, () => agrees(version));
}

function agrees(version: KafkaVersion): void {
  let cluster: KafkaCluster;
  let oracle: DescribedPartition[];
  const members: Consumer[] = [];

  beforeAll(async () => {
    cluster = await startKafkaCluster({ version, brokers: 3, settings: quickNewProtocol });
    await createTopics(cluster, {
      orders: spread(cluster, { partitions: 6, replicas: 1 }),
      'audit.log_v2': spread(cluster, { partitions: 2, replicas: 3 }),
      clicks: spread(cluster, { partitions: 4, replicas: 2 }),
      'nothing-yet': spread(cluster, { partitions: 1, replicas: 1 }),
    });
    await produce(cluster, {
      orders: [5, 0, 7, 1, 2, 3],
      'audit.log_v2': [4, 9],
      clicks: [10, 20, 30, 40],
    });
    joinNewProtocolGroup(cluster, {
      group: 'new, commits',
      topic: 'orders',
      properties: { 'auto.commit.interval.ms': '100', 'client.id': 'client with spaces 😀' },
    });
    joinNewProtocolGroup(cluster, {
      group: 'new, never commits',
      topic: 'audit.log_v2',
      properties: { 'enable.auto.commit': 'false' },
    });
    if (version !== '3.9') joinShareGroup(cluster, { group: 'shared', topic: 'orders' });

    await using raw = await openRawOffsets(cluster);
    await raw.deleteRecordsBefore({ clicks: [6n] });
    for (const id of hardIds) await raw.commit(id, { orders: [1n, 0n, 3n], clicks: [null, 20n] });
    await raw.commit('behind the start', { clicks: [2n] });
    await raw.commit('beyond every end', {
      orders: [beyondDoubles, greatest, greatest - 1n, 2n ** 53n - 1n],
      'nothing-yet': [beyondDoubles],
    });
    await raw.commit('classic, two members', { orders: [2n, 0n, 7n] });
    await raw.commit('classic, other topic', { 'audit.log_v2': [1n, 9n] });

    const left = await joinClassicGroup(cluster, { group: 'left', topic: 'clicks', clientId: 'leaver' });
    await left.commitOffsets([{ topic: 'clicks', partition: 3, offset: '39' }]);
    await left.disconnect();
    const joining = [
      { group: 'classic, two members', topic: 'orders', clientId: 'one' },
      { group: 'classic, two members', topic: 'orders', clientId: 'two' },
      { group: 'classic, other topic', topic: 'clicks', clientId: 'client:3 😀' },
    ];
    for (const member of joining) members.push(await joinClassicGroup(cluster, member));

    oracle = await eventually(
      'every member owns its part, and the reader has committed',
      60_000,
      async () => {
        const rows = await describeAllGroups(cluster);
        const owned = (group: string) => rows.filter((row) => row.group === group && row.consumerId !== null);
        const twoMembers = new Set(owned('classic, two members').map(({ consumerId }) => consumerId));
        const isQuiet =
          twoMembers.size === 2 &&
          owned('classic, two members').length === 6 &&
          owned('classic, other topic').length === 4 &&
          owned('new, never commits').length === 2 &&
          owned('new, commits').filter(({ lag }) => lag === 0n).length === 6;
        return isQuiet && rows.map(withPlainHost);
      },
    );
  }, startMs);

  afterAll(async () => {
    await Promise.all(members.map((member) => member.disconnect()));
    await cluster?.stop();
  }, stopMs);

  test('holds every kind of group that is compared here', () => {
    const groups = new Set(oracle.map(({ group }) => group));
    for (const id of hardIds) expect(groups).toContain(id);
    expect(groups.size).toBe(hardIds.length + 7);
    expect(
      oracle.find(({ group, partition }) => group === 'beyond every end' && partition === 1),
    ).toMatchObject({ committed: greatest, end: 0n, lag: -greatest });
  });

  test('committed, end, lag and owner of every partition of every group equal those of ConsumerGroupCommand', async () => {
    const reader = freshReader(cluster.bootstrap);
    try {
      const observation = await poll(reader);
      const findings = [...findingsByGroup(observation).values()];
      expect(sorted(findings.flatMap(rowsOfFinding))).toEqual(sorted(oracle));
      const { unread } = observation.snapshot;
      expect(unread.filter((part) => part.reason !== 'not-measurable')).toEqual([]);
    } finally {
      reader.close();
    }
  });

  test('`status --json` prints the same numbers exactly, and fits its schema', async () => {
    const { stdout } = await lagwarden('status', '--brokers', cluster.bootstrap, '--json');
    const exact = ['start', 'committed', 'stable', 'end', 'lag', 'recordsLost'];
    const document = statusDocumentSchema.parse(parseExactly(stdout, exact));
    expect(sorted(document.groups.flatMap(rowsOfDocument))).toEqual(sorted(oracle));
  });

  test('`record` writes the same numbers exactly, and fits its schema', async () => {
    const { stdout } = await lagwarden('record', '--brokers', cluster.bootstrap);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const exact = ['start', 'stable', 'end', 'offset'];
    const line = snapshotLineSchema.parse(parseExactly(stdout, exact));
    expect(sorted(rowsOfLine(line))).toEqual(sorted(oracle));
  });

  // Kafka 3.9 has no share groups.
  if (version === '3.9') return;

  test('a live share group is listed as not measurable, and is in no number', async () => {
    const reader = freshReader(cluster.bootstrap);
    try {
      const observation = await eventually('the share group has its member', 30_000, async () => {
        const seen = await poll(reader);
        return (
          seen.snapshot.groups.some(({ group, state }) => group === 'shared' && state === 'Stable') && seen
        );
      });
      expect(findingsByGroup(observation).get('shared')).toMatchObject({
        snapshot: { type: 'share', unread: { reason: 'not-measurable' } },
        verdict: 'unknown',
        severity: 'info',
        lag: null,
        partitions: [],
      });
      expect(observation.snapshot.unread).toMatchObject([
        { scope: 'group', group: 'shared', reason: 'not-measurable' },
      ]);
    } finally {
      reader.close();
    }
  });
}

function rowsOfFinding({ snapshot: { group }, partitions }: GroupFinding): DescribedPartition[] {
  return partitions.map(({ reading: { topic, partition, committed, end, lag, owner } }) => ({
    ...{ group, topic, partition, committed, end },
    lag: typeof lag === 'bigint' ? lag : null,
    ...ownerColumns(owner && { ...owner, memberId: owner.id }),
  }));
}

function rowsOfDocument({ group, partitions }: StatusDocument['groups'][number]): DescribedPartition[] {
  return partitions.map(({ topic, partition, committed, end, lag, owner }) => ({
    ...{ group, topic, partition, committed, end, lag },
    ...ownerColumns(owner),
  }));
}

/** A recording holds the parts; lag and owners are joined from them here. */
function rowsOfLine(line: SnapshotLine): DescribedPartition[] {
  const ends = new Map<string, bigint | null>(
    line.topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partition, end }) => [`${name}-${partition}`, end]),
    ),
  );
  return line.groups.flatMap(({ group, commits, members }) => {
    const rows = new Map<string, DescribedPartition>();
    const row = (topic: string, partition: number, own: Partial<DescribedPartition>) => {
      const key = `${topic}-${partition}`;
      const end = ends.get(key) ?? null;
      const none = { committed: null, lag: null, ...ownerColumns(null) };
      rows.set(key, { ...none, ...rows.get(key), ...own, group, topic, partition, end });
    };
    for (const { topic, partition, offset } of commits) {
      const end = ends.get(`${topic}-${partition}`) ?? null;
      row(topic, partition, { committed: offset, lag: end === null ? null : end - offset });
    }
    for (const { id, clientId, host, assigned } of members ?? []) {
      for (const [topic, partitions] of Object.entries(assigned)) {
        for (const partition of partitions) {
          row(topic, partition, ownerColumns({ memberId: id, clientId, host }));
        }
      }
    }
    return [...rows.values()];
  });
}

/** Java writes an address that has no name as `/127.0.0.1`; Lagwarden shows it without the stroke. */
function withPlainHost(row: DescribedPartition): DescribedPartition {
  return { ...row, host: row.host?.replace(/^\//, '') ?? null };
}

function ownerColumns(owner: { memberId: string; clientId: string; host: string } | null) {
  return {
    consumerId: owner?.memberId ?? null,
    host: owner?.host ?? null,
    clientId: owner?.clientId ?? null,
  };
}

function sorted(rows: readonly DescribedPartition[]): DescribedPartition[] {
  const key = ({ group, topic, partition }: DescribedPartition) => JSON.stringify([group, topic, partition]);
  return rows.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
