import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeCluster } from '../../../../local/fake-cluster/cluster.ts';
import { wholly } from '../../../../local/fake-cluster/delivery.ts';
import { connectClusterReader } from '../../../../shared/adapters/kafka/cluster-reader.ts';
import type { ClusterReader } from '../../../../shared/ports/cluster-reader.ts';
import type { Observation } from '../../../../shared/usecases/observe-cluster.ts';
import { describedReadings, describeSmallEstate } from '../../../support/described-readings.ts';
import { poll } from '../../../support/poll.ts';
import { readingRows, withUnread } from '../../../support/readings.ts';

const silenceTimeoutMs = 500;
const deadlineMs = 5000;
/** Polls are further apart than a failure is held against a broker. */
const betweenPollsMs = 1050;

let cluster: FakeCluster;
let reader: ClusterReader;

beforeEach(async () => {
  cluster = await FakeCluster.start(3);
  describeSmallEstate(cluster);
  reader = connectClusterReader({
    bootstrap: cluster.addresses,
    login: { tls: null, sasl: null },
    silenceTimeoutMs,
  });
});

afterEach(async () => {
  reader.close();
  await cluster.stop();
  expect(cluster.violations).toEqual([]);
});

const polled = () => poll(reader, {}, deadlineMs);

function expectWhole(seen: Observation): void {
  expect(seen.snapshot.unread).toEqual([]);
  expect(readingRows(seen)).toEqual(describedReadings(cluster.description));
}

function expectAllButOf(broker: number, seen: Observation): void {
  expect(seen.durationMs).toBeLessThan(deadlineMs);
  expect(seen.snapshot.unread.filter(({ scope }) => scope === 'broker')).toMatchObject([
    { broker, reason: 'timed-out' },
  ]);
  for (const part of seen.snapshot.unread) expect(part).toMatchObject({ broker, reason: 'timed-out' });
  const { groups, topics } = cluster.description;
  expect(readingRows(seen)).toEqual(
    withUnread(describedReadings(cluster.description), {
      group: (name) => groups.get(name)?.coordinator === broker,
      partition: (name, number) => topics.get(name)?.partitions[number]?.leader === broker,
    }),
  );
}

// Metadata is asked of broker 1 first.
describe.each([1, 2])('broker %i, connected, falls silent', (id) => {
  test('its part is unread within the deadline, and read by the first poll after it speaks again', async () => {
    expectWhole(await polled());
    const broker = cluster.broker(id);
    broker.pause();
    expectAllButOf(id, await polled());
    await delay(betweenPollsMs);
    expectAllButOf(id, await polled());
    broker.resume();
    await delay(betweenPollsMs);
    expectWhole(await polled());
  });

  test('in the middle of a poll: the same', async () => {
    expectWhole(await polled());
    const broker = cluster.broker(id);
    broker.delivery = ({ api }) => {
      if (api === 'ListGroups') broker.pause();
      return wholly;
    };
    const seen = await polled();
    expect(seen.durationMs).toBeLessThan(deadlineMs);
    expect(seen.snapshot.unread.length).toBeGreaterThan(0);
    for (const part of seen.snapshot.unread) expect(part).toMatchObject({ broker: id });
    broker.delivery = () => wholly;
    broker.resume();
    await delay(betweenPollsMs);
    expectWhole(await polled());
  });
});

test('all fall silent: the poll ends in its deadline with a fault, and the first after it is whole', async () => {
  expectWhole(await polled());
  for (const broker of cluster.brokers) broker.pause();
  const startedAt = performance.now();
  await expect(polled()).rejects.toMatchObject({
    name: 'Fault',
    code: expect.stringMatching(/timed-out|deadline/),
  });
  expect(performance.now() - startedAt).toBeLessThan(deadlineMs + 500);
  for (const broker of cluster.brokers) broker.resume();
  await delay(betweenPollsMs);
  expectWhole(await polled());
});
