import type { Consumer } from 'kafkajs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KafkaCluster, startKafkaCluster } from '../../local/kafka/cluster.ts';
import { toStatusDocument } from '../../shared/contracts/status-document.ts';
import type { ClusterReader } from '../../shared/ports/cluster-reader.ts';
import type { Observation } from '../../shared/usecases/observe-cluster.ts';
import { joinClassicGroup } from '../support/kafkajs-member.ts';
import { findingOf, findingsByGroup, freshReader, poll } from '../support/poll.ts';
import { openRawOffsets } from '../support/raw-offsets.ts';
import { createTopics, produce, spread } from '../support/topics.ts';
import { describeWithKafka, startMs, stopMs } from '../support/with-kafka.ts';

describeWithKafka('records deleted before a group read them', () => {
  let cluster: KafkaCluster;
  let reader: ClusterReader;
  let member: Consumer;
  let before: Observation;
  let after: Observation;

  beforeAll(async () => {
    cluster = await startKafkaCluster({ version: '4.3', brokers: 1 });
    await createTopics(cluster, { clicks: spread(cluster, { partitions: 3, replicas: 1 }) });
    await produce(cluster, { clicks: [100, 50, 10] });
    await using raw = await openRawOffsets(cluster);
    await raw.commit('alive', { clicks: [20n, 50n, 4n] });
    await raw.commit('memberless', { clicks: [39n, 40n, null] });
    member = await joinClassicGroup(cluster, { group: 'alive', topic: 'clicks', clientId: 'slow reader' });
    reader = freshReader(cluster.bootstrap);
    before = await poll(reader);
    // The log of partition 1 is emptied: there the start meets the end.
    await raw.deleteRecordsBefore({ clicks: [40n, 50n] });
    after = await poll(reader);
  }, startMs);

  afterAll(async () => {
    reader?.close();
    await member?.disconnect();
    await cluster?.stop();
  }, stopMs);

  test('no loss is seen while the start lies at or below every commit', () => {
    const findings = [...findingsByGroup(before).values()];
    expect(findings.map(({ recordsLost }) => recordsLost)).toEqual([0n, 0n]);
    expect(findings.flatMap(({ partitions }) => partitions.map(({ verdict }) => verdict))).not.toContain(
      'data-lost',
    );
  });

  test('a group with a live member has lost exactly the records between commit and start: critical', () => {
    expect(findingOf(after, 'alive', 'clicks', 0)).toMatchObject({
      verdict: 'data-lost',
      severity: 'critical',
      evidence: { lost: 20n, from: 20n, to: 40n },
      reading: { start: 40n, committed: 20n, end: 100n, lag: 80n },
    });
    expect(findingsByGroup(after).get('alive')).toMatchObject({
      verdict: 'data-lost',
      severity: 'critical',
      recordsLost: 20n,
    });
  });

  test('a memberless group is a warning at first sight, with the loss of all its partitions', () => {
    expect(findingOf(after, 'memberless', 'clicks', 0)).toMatchObject({
      verdict: 'data-lost',
      severity: 'warning',
      evidence: { lost: 1n, from: 39n, to: 40n },
    });
    expect(findingOf(after, 'memberless', 'clicks', 1)).toMatchObject({
      verdict: 'data-lost',
      severity: 'warning',
      evidence: { lost: 10n, from: 40n, to: 50n },
      reading: { start: 50n, end: 50n, lag: 10n },
    });
    expect(findingsByGroup(after).get('memberless')).toMatchObject({
      verdict: 'data-lost',
      severity: 'warning',
      recordsLost: 11n,
    });
  });

  test('a commit right at the new start, and a partition whose start stayed, have lost nothing', () => {
    expect(findingOf(after, 'alive', 'clicks', 1)).toMatchObject({ verdict: 'caught-up' });
    expect(findingOf(after, 'alive', 'clicks', 2)).toMatchObject({
      verdict: 'observing',
      reading: { lag: 6n },
    });
  });

  test('the status document tells the count as `recordsLost` and in the evidence', () => {
    const document = toStatusDocument(after.snapshot, [...findingsByGroup(after).values()], after);
    const alive = document.groups.find(({ group }) => group === 'alive');
    expect(alive).toMatchObject({ recordsLost: 20n, verdict: 'data-lost' });
    expect(alive?.partitions[0]?.evidence).toEqual({ lost: 20n, from: 20n, to: 40n });
    expect(alive?.partitions[0]?.reason).toBe(
      '20 records deleted before the group read them: offsets 20 to 39',
    );
  });
});
