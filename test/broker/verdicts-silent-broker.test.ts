import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KafkaCluster, startKafkaCluster } from '../../local/kafka/cluster.ts';
import type { PolicySettings } from '../../shared/domain/policy.ts';
import { freshReader, poll } from '../support/poll.ts';
import { openRawOffsets } from '../support/raw-offsets.ts';
import { createTopics, produce } from '../support/topics.ts';
import { partitionIn, Watch } from '../support/watch.ts';
import { describeWithKafka, startMs, stopMs } from '../support/with-kafka.ts';

const unknownAfterMs = 5000;
const policy: PolicySettings = { patienceMs: 3000, unknownAfterMs };
/** On a machine that others load as well. */
const soonMs = 45_000;
const leastSilentPolls = 6;
/** The broker that falls silent, and the partition that it leads. */
const [silent, itsPartition] = [3, 2];

describeWithKafka('a broker of three that is silent for a while', () => {
  let cluster: KafkaCluster;

  beforeAll(async () => {
    cluster = await startKafkaCluster({
      version: '4.3',
      brokers: 3,
      // Nobody takes over from it before the test is done.
      settings: { 'broker.session.timeout.ms': '120000' },
    });
    await createTopics(cluster, { orders: [[1], [2], [silent]], names: [[1]] });
    await produce(cluster, { orders: [10, 10, 10] });
  }, startMs);

  afterAll(async () => {
    await cluster?.stop();
  }, stopMs);

  test('what it alone knew is unknown: no incident ends or eases, and all goes on by itself', async () => {
    await using raw = await openRawOffsets(cluster);
    const [hidden, hurt, blind, well] = await namesByCoordinator();
    const groups = [hidden, hurt, blind, well];
    const commit = (group: string, partition: number, offset: bigint) =>
      raw.commit(group, { orders: [0, 1, 2].map((each) => (each === partition ? offset : null)) });
    await commit(hidden, 0, 1n);
    await commit(hurt, itsPartition, 1n);
    await commit(blind, itsPartition, 1n);
    await commit(well, 0, 1n);
    await using watch = new Watch(cluster, { groups, policy });
    const storyOf = (group: string) =>
      watch.transitions
        .filter((one) => one.group === group)
        .map(({ kind, severity }) => `${kind} ${severity}`);
    await watch.until('all are seen', soonMs, ({ findings }) => findings.size === groups.length);
    // Two stop on their way, two get through.
    await commit(hidden, 0, 5n);
    await commit(hurt, itsPartition, 5n);
    await commit(blind, itsPartition, 10n);
    await commit(well, 0, 10n);
    const sick = ['suspected critical', 'opened critical'];
    await watch.until('two incidents', soonMs, () =>
      [hidden, hurt].every((group) => storyOf(group).length === 2),
    );
    expect([storyOf(hidden), storyOf(hurt), storyOf(blind), storyOf(well)]).toEqual([sick, sick, [], []]);

    cluster.pause(silent);
    const first = await watch.until('the broker says nothing', soonMs, (seen) =>
      seen.snapshot.unread.some(({ scope }) => scope === 'broker') ? watch.polls.indexOf(seen) : undefined,
    );
    // Long enough to be trouble of its own.
    await watch.until(
      'who was well is missed, and some more polls',
      soonMs,
      () => storyOf(blind).length === 2 && watch.polls.length > first + leastSilentPolls,
    );
    cluster.resume(silent);
    const whole = await watch.until('all is read again', soonMs, (seen) =>
      seen.snapshot.unread.length === 0 ? watch.polls.indexOf(seen) : undefined,
    );

    const silentPolls = watch.polls.slice(first, whole).filter(({ snapshot }) => snapshot.unread.length > 0);
    expect(silentPolls.length).toBeGreaterThanOrEqual(leastSilentPolls);
    for (const seen of silentPolls) {
      expect(seen.findings.get(hidden)).toMatchObject({ verdict: 'unknown', partitions: [] });
      for (const group of [hurt, blind]) {
        expect(partitionIn(seen, group, itsPartition, 'orders')).toMatchObject({
          verdict: 'unknown',
          reading: { end: null, lag: { reason: expect.any(String) } },
        });
        expect(seen.findings.get(group)).toMatchObject({ unknownPartitions: 1 });
      }
      expect(seen.findings.get(well)).toMatchObject({ verdict: 'caught-up', severity: 'ok' });
    }
    expect([storyOf(hidden), storyOf(hurt)]).toEqual([sick, sick]);
    const back = watch.polls[whole];
    for (const group of [hidden, hurt]) {
      expect(back?.findings.get(group)).toMatchObject({ verdict: 'stopped', severity: 'critical' });
    }
    await watch.until('who was missed is well', soonMs, () => storyOf(blind).length === 3);

    await commit(hidden, 0, 10n);
    await commit(hurt, itsPartition, 10n);
    await watch.until('both recover', soonMs, () =>
      [hidden, hurt].every((group) => storyOf(group).length === 3),
    );
    expect([storyOf(hidden), storyOf(hurt), storyOf(blind), storyOf(well)]).toEqual([
      [...sick, 'resolved ok'],
      [...sick, 'resolved ok'],
      ['suspected warning', 'opened warning', 'resolved ok'],
      [],
    ]);
    const missed = watch.transitions.find(({ group, kind }) => group === blind && kind === 'opened');
    expect(missed?.toVerdict).toBe('unknown');
    expect((missed?.at ?? 0) - (silentPolls[0]?.snapshot.at ?? 0)).toBeGreaterThanOrEqual(unknownAfterMs);
  });

  /** One group that the broker coordinates, and three that others do. */
  async function namesByCoordinator(): Promise<[string, string, string, string]> {
    const names = Array.from({ length: 12 }, (_, i) => `group ${i}`);
    await using raw = await openRawOffsets(cluster);
    for (const name of names) await raw.commit(name, { names: [0n] });
    const reader = freshReader(cluster.bootstrap);
    const { snapshot } = await poll(reader);
    reader.close();
    const isIts = (name: string) =>
      snapshot.groups.find(({ group }) => group === name)?.coordinator === silent;
    const others = names.filter((name) => !isIts(name));
    return [names.find(isIts), ...others.slice(0, 3)] as [string, string, string, string];
  }
});
