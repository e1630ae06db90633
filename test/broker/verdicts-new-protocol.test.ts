import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KafkaCluster, startKafkaCluster } from '../../local/kafka/cluster.ts';
import { joinNewProtocolGroup } from '../support/console-consumer.ts';
import { createTopics, spread } from '../support/topics.ts';
import { Traffic } from '../support/traffic.ts';
import { stepMs, Watch } from '../support/watch.ts';
import { describeWithKafka, startMs, stopMs } from '../support/with-kafka.ts';

const patienceMs = 10_000;
/** On a machine that others load as well. */
const soonMs = 45_000;
const [group, topic, partitions] = ['new protocol', 'orders', 6];

/** Members say that they live, and learn what they own, so often: rebalances last long enough to be seen. */
const heartbeatMs = '1000';
/** A member that was killed is missed after this time. */
const sessionMs = '3000';
const settings = {
  'group.consumer.min.heartbeat.interval.ms': heartbeatMs,
  'group.consumer.heartbeat.interval.ms': heartbeatMs,
  'group.consumer.min.session.timeout.ms': sessionMs,
  'group.consumer.session.timeout.ms': sessionMs,
};

const lines = [
  { version: '4.1', more: {}, states: ['Reconciling', 'Stable'] },
  // From here on brokers take their time to assign, during which a group is Assigning.
  {
    version: '4.3',
    more: { 'group.consumer.assignment.interval.ms': '2000' },
    states: ['Assigning', 'Reconciling', 'Stable'],
  },
] as const;

for (const { version, more, states } of lines) {
  describeWithKafka(`a group of the new consumer protocol, Kafka ${version}`, () => {
    let cluster: KafkaCluster;

    beforeAll(async () => {
      cluster = await startKafkaCluster({ version, brokers: 1, settings: { ...settings, ...more } });
      await createTopics(cluster, { [topic]: spread(cluster, { partitions, replicas: 1 }) });
    }, startMs);

    afterAll(async () => {
      await cluster?.stop();
    }, stopMs);

    test('members that come, leave and die raise nothing', async () => {
      await using _traffic = await Traffic.start(cluster, { topic, partitions });
      const join = (clientId: string): ChildProcess =>
        joinNewProtocolGroup(cluster, {
          ...{ group, topic },
          properties: { 'client.id': clientId, 'auto.commit.interval.ms': '250' },
        });
      const [one, two] = [join('one'), join('two')];
      await using watch = new Watch(cluster, {
        groups: [group],
        policy: { patienceMs, rebalanceGraceMs: patienceMs },
        everyMs: stepMs / 4,
      });
      const settled = (count: number) =>
        watch.until(`${count} members share the partitions and keep up`, soonMs, ({ findings }) => {
          const { snapshot, partitions: all = [] } = findings.get(group) ?? {};
          const owned = snapshot?.members?.map(({ assigned }) => assigned.get(topic)?.length) ?? [];
          return (
            snapshot?.state === 'Stable' &&
            owned.length === count &&
            owned.every((length) => length === partitions / count) &&
            all.every(({ reading: { lag } }) => typeof lag === 'bigint' && lag < 10n)
          );
        });
      await settled(2);
      join('three');
      await settled(3);
      await end(one, 'SIGTERM');
      await settled(2);
      await end(two, 'SIGKILL');
      await settled(1);
      expect(watch.story).toEqual([]);
      const findings = watch.polls.flatMap((seen) => seen.findings.get(group) ?? []);
      expect(new Set(findings.map(({ snapshot }) => snapshot.type))).toEqual(new Set(['consumer']));
      expect(findings.map(({ snapshot }) => snapshot.state)).toEqual(expect.arrayContaining([...states]));
      for (const { severity } of findings) expect(['ok', 'info']).toContain(severity);
    });
  });
}

async function end(member: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(member, 'exit');
  member.kill(signal);
  await ended;
}
