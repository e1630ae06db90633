import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startKafkaCluster } from '../../local/kafka/cluster.ts';
import { describeAllGroups } from '../../local/kafka/consumer-group-command.ts';
import { eventually } from '../support/eventually.ts';
import { freshReader, poll } from '../support/poll.ts';
import { type Polled, PollingProcess } from '../support/polling-process.ts';
import { openRawOffsets } from '../support/raw-offsets.ts';
import { createTopics, produce, spread } from '../support/topics.ts';
import { describeWithKafka, startMs, stopMs } from '../support/with-kafka.ts';

const deadlineMs = 10_000;
const groups = Array.from({ length: 12 }, (_, i) => `group ${i}`);

describeWithKafka('a process that was stopped between two polls', () => {
  test(
    'sees the truth at the next, its connections closed by the brokers and one of these restarted',
    async () => {
      await using cluster = await startKafkaCluster({
        version: '4.3',
        brokers: 3,
        settings: {
          'connections.max.idle.ms': '2000',
          // One thread ends the connections of its listener in the order in which they fell idle.
          'num.network.threads': '1',
        },
      });
      await createTopics(cluster, { orders: spread(cluster, { partitions: 6, replicas: 3 }) });
      await produce(cluster, { orders: [10, 11, 12, 13, 14, 15] });
      await using raw = await openRawOffsets(cluster);
      await Promise.all(
        groups.map((group, i) => raw.commit(group, { orders: [1n, 2n, 3n, 4n, 5n, BigInt(i)] })),
      );

      const bootstrap = cluster.bootstrap.split(',');
      await using poller = new PollingProcess({ bootstrap, deadlineMs });
      const truth = async () =>
        (await describeAllGroups(cluster))
          .map(({ group, topic, partition, committed, end, lag }) => ({
            group,
            topic,
            partition,
            committed,
            end,
            lag,
          }))
          .sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : a.partition - b.partition));
      const expectTrue = async ({ fault, unread, rows, tookMs }: Polled) => {
        expect({ fault, unread }).toEqual({ fault: null, unread: [] });
        expect(rows.map(({ start: _, stable: __, ...row }) => row)).toEqual(await truth());
        expect(tookMs).toBeLessThan(deadlineMs);
      };
      await expectTrue(await poller.poll());

      poller.freeze();
      await poller.untilFrozen();
      // What was opened and used after the poller's connections is closed after them.
      await Promise.all(
        cluster.brokers.map(async ({ host, port }) => once(connect(port, host).resume(), 'end')),
      );
      await produce(cluster, { orders: [5, 5, 5, 5, 5, 5] });
      await using later = await openRawOffsets(cluster);
      await Promise.all(groups.map((group) => later.commit(group, { orders: [9n, 9n, 9n, 9n, 9n, 9n] })));
      await cluster.restart(2);
      const reader = freshReader(cluster.bootstrap);
      await eventually('the cluster is whole again', 40_000, async () => {
        const { snapshot } = await poll(reader);
        return snapshot.unread.length === 0 && snapshot.groups.length === groups.length;
      });
      reader.close();
      poller.thaw();

      const next = await poller.poll();
      await expectTrue(next);
      expect(next.requests).toMatchObject({ ApiVersions: 3 });
      await expectTrue(await poller.poll());
    },
    startMs + stopMs,
  );
});
