import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { FakeCluster } from '../../../../local/fake-cluster/cluster.ts';
import { committedOf, type FakeEstate } from '../../../../local/fake-cluster/estate.ts';
import type { EstatePolls } from '../../../support/estate-poll.ts';
import { freshReader } from '../../../support/poll.ts';

const program = path.resolve(import.meta.dirname, '../../../support/estate-poll.ts');
const brokers = 3;

/** Polls in a process whose heap may hold so many megabytes, the stand-in's own included. */
async function pollEstate(estate: FakeEstate, polls: number, heapMb: number): Promise<EstatePolls> {
  const args = [`--max-old-space-size=${heapMb}`, program, `${polls}`, JSON.stringify(estate)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 25_000 });
  return JSON.parse(stdout) as EstatePolls;
}

test('300,000 group-partitions: the right sum, 3B + 1 requests, bounded memory', async () => {
  const estate = { groups: 1000, topics: 100, partitionsPerTopic: 30, topicsPerGroup: 10 };
  let lag = 0;
  for (let group = 0; group < estate.groups; group++)
    for (let number = 0; number < estate.partitionsPerTopic; number++)
      lag += estate.topicsPerGroup * Number(1000n - committedOf(group, number));

  const seen = await pollEstate(estate, 10, 256);
  const exact = { groupPartitions: 300_000, lag, unread: 0 };
  expect(seen.polls.map(({ durationMs: _, requests: __, ...what }) => what)).toEqual(
    seen.polls.map(() => exact),
  );
  for (const { requests } of seen.polls.slice(1))
    expect(requests).toEqual({
      Metadata: 1,
      ListGroups: brokers,
      OffsetFetch: brokers,
      ListOffsets: brokers,
    });
  expect(seen.violations).toEqual([]);
  expect(seen.describedMs).toBeLessThan(2000);
  // Buffers lie outside the heap.
  expect(seen.peakMb).toBeLessThan(640);
});

test('the stand-in counts every request and keeps the latest only', async () => {
  const cluster = await FakeCluster.start(1);
  const reader = freshReader(cluster.addresses.map(({ host, port }) => `${host}:${port}`).join(','));
  const { signal } = new AbortController();
  for (let i = 0; i < 1500; i++) await reader.readTopology(signal);
  reader.close();
  const [broker] = cluster.brokers;
  expect(broker?.count('Metadata')).toBe(1500);
  expect(broker?.count('ApiVersions')).toBe(1);
  expect(broker?.received.map(({ api }) => api)).toEqual(Array.from({ length: 1000 }, () => 'Metadata'));
  await cluster.stop();
});
