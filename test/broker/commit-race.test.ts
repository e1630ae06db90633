import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KafkaCluster, startKafkaCluster } from '../../local/kafka/cluster.ts';
import type { ClusterReader } from '../../shared/ports/cluster-reader.ts';
import { freshReader, poll } from '../support/poll.ts';
import { openRawOffsets } from '../support/raw-offsets.ts';
import { readingRows } from '../support/readings.ts';
import { createTopics, produce, spread } from '../support/topics.ts';
import { describeWithKafka, startMs, stopMs } from '../support/with-kafka.ts';

const topic = 'stream';
const partitions = 12;
const groups = ['chaser 0', 'chaser 1', 'chaser 2'];
const recordsAtOnce = 500;
const leastReadings = 10_000;

describeWithKafka('a log start that moves up right behind the commits', () => {
  let cluster: KafkaCluster;
  let reader: ClusterReader;
  let chase: Chase;

  beforeAll(async () => {
    // A commit that need not be copied is a quick one.
    const settings = { 'offsets.topic.replication.factor': '1' };
    cluster = await startKafkaCluster({ version: '4.3', brokers: 3, settings });
    await createTopics(cluster, { [topic]: spread(cluster, { partitions, replicas: 1 }) });
    reader = freshReader(cluster.bootstrap);
    chase = await startChase(cluster);
  }, startMs);

  afterAll(async () => {
    await chase?.stop();
    reader?.close();
    await cluster?.stop();
  }, stopMs);

  test('no reading ever shows a commit below the start: no loss is made up', async () => {
    const positions = new Set<bigint>();
    const falseLosses: unknown[] = [];
    let readings = 0;
    while (readings < leastReadings) {
      for (const row of readingRows(await poll(reader, { members: false }))) {
        if (row.start === null || row.committed === null || row.end === null) throw new Error('not read');
        readings++;
        positions.add(row.committed);
        if (row.committed < row.start || row.committed > row.end) falseLosses.push(row);
      }
    }
    expect(falseLosses).toEqual([]);
    // The test would prove nothing on a log that stands still.
    expect(positions.size).toBeGreaterThan(50);
  });

  test('the opposite order, commits before starts, is caught making up a loss', async () => {
    const deadline = performance.now() + 30_000;
    let tries = 0;
    while (performance.now() < deadline) {
      tries++;
      if (await seesLossInOppositeOrder(reader)) return;
    }
    throw new Error(`${tries} polls in the opposite order made up no loss`);
  });
});

async function seesLossInOppositeOrder(reader: ClusterReader): Promise<boolean> {
  const signal = AbortSignal.timeout(10_000);
  const topology = await reader.readTopology(signal);
  const { groups: listed } = await reader.listGroups(topology, signal);
  const commits = await reader.readCommits(listed, signal);
  const wanted = new Map([[topic, Array.from({ length: partitions }, (_, partition) => partition)]]);
  const starts = (await reader.readOffsets('start', wanted, topology, signal)).get(topic);
  return [...commits.values()].some(
    (read) =>
      read.known &&
      read.topics.some((of) =>
        of.partitions.some((partition, i) => {
          const start = starts?.get(partition);
          return typeof start === 'bigint' && (of.offsets[i] as bigint) < start;
        }),
      ),
  );
}

interface Chase {
  stop(): Promise<void>;
}

/**
 * Groups that commit one record after the other on every partition, and a log start that is moved up to each commit as
 * soon as it is made, while records are produced: as fast as the brokers can.
 */
async function startChase(cluster: KafkaCluster): Promise<Chase> {
  const raw = await openRawOffsets(cluster);
  let isStopped = false;
  const step = async (at: bigint) => {
    const everywhere = { [topic]: Array.from({ length: partitions }, () => at) };
    await Promise.all(groups.map((group) => raw.commit(group, everywhere)));
    await raw.deleteRecordsBefore(everywhere);
  };
  const run = async () => {
    for (let at = 1n; !isStopped; at++) {
      if ((at - 1n) % BigInt(recordsAtOnce) === 0n) {
        await produce(cluster, { [topic]: Array.from({ length: partitions }, () => recordsAtOnce) });
      }
      await step(at);
      await turn();
    }
  };
  await produce(cluster, { [topic]: Array.from({ length: partitions }, () => 1) });
  await step(1n);
  const running = run();
  return {
    async stop() {
      isStopped = true;
      await running;
      await raw[Symbol.asyncDispose]();
    },
  };
}
