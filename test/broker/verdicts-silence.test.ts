import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KafkaCluster, startKafkaCluster } from '../../local/kafka/cluster.ts';
import type { GroupFinding, PartitionFinding } from '../../shared/domain/finding.ts';
import type { JudgementOf } from '../../shared/domain/judgement.ts';
import type { PolicySettings } from '../../shared/domain/policy.ts';
import { isAtLeast } from '../../shared/domain/severity.ts';
import { ConsumingProcess } from '../support/consuming-process.ts';
import { createTopics, spread } from '../support/topics.ts';
import { Traffic } from '../support/traffic.ts';
import { partitionIn, stepMs, Watch } from '../support/watch.ts';
import { describeWithKafka, startMs, stopMs } from '../support/with-kafka.ts';
import { joinToWork, type Work } from '../support/working-member.ts';

const patienceMs = 4000;
const policy: PolicySettings = { patienceMs, rebalanceGraceMs: patienceMs };
/** On a machine that others load as well. */
const soonMs = 30_000;

type Stalled = PartitionFinding & JudgementOf<'stalled'>;

describeWithKafka('silence, as real members keep it', () => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafkaCluster({
      version: '4.3',
      brokers: 1,
      settings: { 'group.min.session.timeout.ms': '1000' },
    });
    await createTopics(cluster, {
      orders: spread(cluster, { partitions: 4, replicas: 1 }),
      payments: spread(cluster, { partitions: 6, replicas: 1 }),
      shipments: spread(cluster, { partitions: 2, replicas: 1 }),
      clicks: spread(cluster, { partitions: 6, replicas: 1 }),
    });
  }, startMs);

  afterAll(async () => {
    await cluster?.stop();
  }, stopMs);

  describe.concurrent('four groups', () => {
    test('a record that cannot be processed: its offset and its owner are named, while all else moves', async () => {
      const group = 'poisoned';
      let isCured = false;
      const process = async ({ value }: Work) => {
        if (value === 'poison' && !isCured) throw new SyntaxError('it cannot be read');
      };
      await using traffic = await Traffic.start(cluster, { topic: 'orders', partitions: 4 });
      await using _one = await joinToWork(cluster, { group, topic: 'orders', clientId: 'one', process });
      await using _two = await joinToWork(cluster, { group, topic: 'orders', clientId: 'two', process });
      const members = [_one, _two];
      await using watch = new Watch(cluster, { groups: [group], policy });
      await watch.untilAtWork(group, 4, soonMs);
      const poison = await traffic.send(1, 'poison');

      const opened = await watch.untilTold('opened', soonMs);
      expect(opened).toMatchObject({
        group,
        severity: 'critical',
        toVerdict: 'stalled',
        scope: { breadth: 'partition', topics: ['orders'] },
        reason: expect.stringContaining(`stuck at offset ${poison} `),
      });
      const seen = watch.polls.at(-1);
      const finding = seen?.findings.get(group)?.worst as Stalled;
      const owner = members.find(({ assigned }) => assigned.includes(1));
      expect(owner?.assigned.length).toBe(2);
      expect(finding).toMatchObject({
        verdict: 'stalled',
        evidence: { at: poison, scope: 'partition', neverCommitted: false, maybeNothing: false },
        reading: { topic: 'orders', partition: 1, committed: poison, owner: { id: owner?.memberId } },
      });
      expect(finding.reading.owner?.clientId).toBe(members.indexOf(owner as never) === 0 ? 'one' : 'two');

      isCured = true;
      await watch.untilTold('resolved', soonMs);
      expect(watch.story).toEqual(['suspected critical', 'opened critical', 'resolved ok']);
      // At no poll was anything wrong with the others.
      const wrong = watch.polls.flatMap(({ findings }) =>
        [...(findings.get(group)?.partitions ?? [])].filter(({ severity }) => isAtLeast(severity, 'warning')),
      );
      expect(new Set(wrong.map(({ reading }) => reading.partition))).toEqual(new Set([1]));
    });

    test('a member of three that hangs: it is named with all that it owns, and the others are not', async () => {
      const group = 'hanging';
      const topic = 'payments';
      let hangs = false;
      const hang = async ({ wait }: Work) => {
        while (hangs) await wait();
      };
      await using _traffic = await Traffic.start(cluster, { topic, partitions: 6 });
      await using _one = await joinToWork(cluster, { group, topic, clientId: 'one' });
      await using stuck = await joinToWork(cluster, { group, topic, clientId: 'stuck', process: hang });
      await using _two = await joinToWork(cluster, { group, topic, clientId: 'two' });
      await using watch = new Watch(cluster, { groups: [group], policy });
      await watch.until('three members share the partitions', soonMs, ({ findings }) =>
        areShared(findings.get(group), topic, 2),
      );
      await watch.untilAtWork(group, 6, soonMs);
      const owned = stuck.assigned;
      hangs = true;
      const opened = await watch.untilTold('opened', soonMs);
      expect(opened).toMatchObject({ severity: 'critical', toVerdict: 'stalled' });
      await watch.until('both of its partitions are known to stand still', soonMs, (seen) =>
        owned.every((partition) => partitionIn(seen, group, partition)?.verdict === 'stalled'),
      );
      const latest = watch.polls.at(-1)?.findings.get(group)?.partitions ?? [];
      const stalled = latest.filter(({ verdict }) => verdict === 'stalled') as Stalled[];
      expect(stalled.map(({ reading }) => reading.partition)).toEqual([...owned].sort());
      for (const { evidence, reading } of stalled) {
        expect(evidence).toMatchObject({ scope: 'member', at: reading.committed });
        expect(reading.owner).toMatchObject({ id: stuck.memberId, clientId: 'stuck' });
      }
      hangs = false;
      await watch.untilTold('resolved', soonMs);
      expect(watch.story.at(-1)).toBe('resolved ok');
      expect(new Set(watch.transitions.map(({ kind }) => kind))).not.toContain('widened');
    });

    test('consumers that were killed: stopped, with the instant at which one was last seen', async () => {
      const group = 'killed';
      const topic = 'shipments';
      const options = {
        bootstrap: cluster.bootstrap.split(','),
        ...{ group, topic, clientIds: ['one', 'two'], sessionTimeoutMs: 2000 },
      };
      await using _traffic = await Traffic.start(cluster, { topic, partitions: 2 });
      await using consumers = await ConsumingProcess.start(options);
      await using watch = new Watch(cluster, { groups: [group], policy });
      await watch.untilAtWork(group, 2, soonMs);
      await consumers.kill();
      const killedAt = Date.now();
      await watch.untilTold('opened', soonMs);
      const stopped = await watch.until('it has stopped', soonMs, (seen) => {
        const worst = seen.findings.get(group)?.worst;
        return worst?.verdict === 'stopped' && worst;
      });
      expect(stopped.severity).toBe('critical');
      const { lastMemberAt, lastProgressAt, silentMs } = stopped.evidence;
      expect(silentMs).toBeGreaterThanOrEqual(patienceMs);
      expect(lastProgressAt).toBeLessThan(killedAt + 2 * stepMs);
      // The brokers take it for a member until its session has timed out.
      expect(lastMemberAt).toBeGreaterThan(killedAt - 2 * stepMs);
      expect(lastMemberAt).toBeLessThan(killedAt + 10_000);
      expect(watch.polls.at(-1)?.findings.get(group)?.snapshot).toMatchObject({
        state: 'Empty',
        members: [],
      });

      await using _again = await ConsumingProcess.start(options);
      await watch.untilTold('resolved', soonMs);
      expect(watch.story).toEqual(['suspected critical', 'opened critical', 'resolved ok']);
    });

    test('rolling restarts, one of them by force, raise nothing', async () => {
      const group = 'rolling';
      const topic = 'clicks';
      const lenient = { patienceMs: 2 * patienceMs, rebalanceGraceMs: 2 * patienceMs };
      await using _traffic = await Traffic.start(cluster, { topic, partitions: 6 });
      const join = (clientId: string) => joinToWork(cluster, { group, topic, clientId, heartbeatMs: 700 });
      const start = () =>
        ConsumingProcess.start({
          bootstrap: cluster.bootstrap.split(','),
          ...{ group, topic, clientIds: ['three'], sessionTimeoutMs: 2000 },
        });
      const members = await Promise.all(['one', 'two'].map(join));
      let forced = await start();
      await using watch = new Watch(cluster, { groups: [group], policy: lenient, everyMs: stepMs / 2 });
      const settled = () =>
        watch.until('three members share the partitions', soonMs, ({ findings }) =>
          areShared(findings.get(group), topic, 2),
        );
      try {
        await settled();
        for (let round = 1; round <= 2; round++) {
          for (const [i, clientId] of ['one', 'two'].entries()) {
            await members[i]?.[Symbol.asyncDispose]();
            members[i] = await join(clientId);
            await settled();
          }
          await forced.kill();
          forced = await start();
          await settled();
        }
        await watch.until('all caught up again', soonMs, ({ findings }) =>
          findings.get(group)?.partitions.every(({ reading: { lag } }) => lag === 0n || lag === 1n),
        );
      } finally {
        await Promise.all(members.map((member) => member[Symbol.asyncDispose]()));
        await forced.kill();
      }
      expect(watch.story).toEqual([]);
      const states = new Set(watch.polls.map(({ findings }) => findings.get(group)?.snapshot.state));
      expect(states).toContain('PreparingRebalance');
    });
  });
});

/** Three members own as many partitions each. */
function areShared(finding: GroupFinding | undefined, topic: string, each: number): boolean {
  const members = finding?.snapshot.members ?? [];
  return members.length === 3 && members.every(({ assigned }) => assigned.get(topic)?.length === each);
}
