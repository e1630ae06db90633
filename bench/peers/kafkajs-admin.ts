// usage: kafkajs-admin.ts BOOTSTRAP POLLS
// One call after another: called in parallel, the first poll of a process throws.
import { Kafka, logLevel } from 'kafkajs';
import { printPolls } from './poll-line.ts';

const [bootstrap = '', polls = '1'] = process.argv.slice(2);
let requests = 0;
const kafka = new Kafka({ brokers: bootstrap.split(','), logLevel: logLevel.NOTHING });
const admin = kafka.admin();
admin.on(admin.events.REQUEST, () => {
  requests += 1;
});
await admin.connect();
await printPolls(Number(polls), async () => {
  const before = requests;
  const { groups } = await admin.listGroups();
  const commits: { topic: string; partition: number; offset: bigint }[] = [];
  for (const { groupId } of groups) {
    for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
      for (const { partition, offset } of partitions) {
        if (offset !== '-1') commits.push({ topic, partition, offset: BigInt(offset) });
      }
    }
  }
  const ends = new Map<string, bigint[]>();
  for (const topic of new Set(commits.map((commit) => commit.topic))) {
    const ofTopic: bigint[] = [];
    for (const { partition, high } of await admin.fetchTopicOffsets(topic)) ofTopic[partition] = BigInt(high);
    ends.set(topic, ofTopic);
  }
  const lag = commits.reduce(
    (sum, { topic, partition, offset }) => sum + Number((ends.get(topic)?.[partition] ?? 0n) - offset),
    0,
  );
  return { groupPartitions: commits.length, lag, requests: requests - before };
});
await admin.disconnect();
