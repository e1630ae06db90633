// usage: estate-poll.ts POLLS, with a `FakeEstate` as JSON behind it
// Polls a stand-in of three brokers within one process, and prints an `EstatePolls` as JSON.
import { sumLag } from '../../bench/peers/sum-lag.ts';
import { FakeCluster } from '../../local/fake-cluster/cluster.ts';
import { describeEstate } from '../../local/fake-cluster/estate.ts';
import { measure } from '../../shared/domain/reading.ts';
import { freshReader, poll } from './poll.ts';

/** What a process has seen that held both the stand-in and its reader. */
export interface EstatePolls {
  readonly describedMs: number;
  readonly violations: readonly string[];
  readonly polls: readonly {
    readonly groupPartitions: number;
    readonly lag: number;
    readonly unread: number;
    readonly requests: Readonly<Record<string, number>>;
    readonly durationMs: number;
  }[];
  /** Highest resident memory of the process. */
  readonly peakMb: number;
}

const [polls = '1', estate = '{}'] = process.argv.slice(2);
const cluster = await FakeCluster.start(3);
const startedAt = performance.now();
describeEstate(cluster, JSON.parse(estate));
const describedMs = performance.now() - startedAt;
const reader = freshReader(cluster.addresses.map(({ host, port }) => `${host}:${port}`).join(','));
const seen: EstatePolls['polls'][number][] = [];
for (let i = 0; i < Number(polls); i++) {
  const commitsAndEnds = { starts: false, stable: false, members: false };
  const { snapshot, requests, durationMs } = await poll(reader, commitsAndEnds);
  const unread = snapshot.unread.length;
  seen.push({ ...sumLag(measure(snapshot)), unread, requests: Object.fromEntries(requests), durationMs });
}
reader.close();
await cluster.stop();
const { violations } = cluster;
const peakMb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ describedMs, violations, polls: seen, peakMb } satisfies EstatePolls));
