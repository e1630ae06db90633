// usage: platformatic-admin.ts BOOTSTRAP POLLS
import { Admin, ListOffsetTimestamps } from '@platformatic/kafka';
import { printPolls } from './poll-line.ts';

const [bootstrap = '', polls = '1'] = process.argv.slice(2);
const admin = new Admin({ clientId: 'bench', bootstrapBrokers: bootstrap.split(',') });
await printPolls(Number(polls), async () => {
  // Without the types it asks for classic groups only, and loses those of the new protocol without a word.
  const groups = await admin.listGroups({ types: ['classic', 'consumer'] });
  const fetched = await admin.listConsumerGroupOffsets({ groups: [...groups.keys()] });
  const wanted = new Map<string, Set<number>>();
  for (const { topics } of fetched) {
    for (const { name, partitions } of topics) {
      const numbers = wanted.get(name) ?? new Set();
      wanted.set(name, numbers);
      for (const { partitionIndex } of partitions) numbers.add(partitionIndex);
    }
  }
  const listed = await admin.listOffsets({
    topics: [...wanted].map(([name, numbers]) => ({
      name,
      partitions: [...numbers].map((partitionIndex) => ({
        partitionIndex,
        timestamp: ListOffsetTimestamps.LATEST,
      })),
    })),
  });
  const ends = new Map(
    listed.map(({ name, partitions }) => [
      name,
      new Map(partitions.map((p) => [p.partitionIndex, p.offset])),
    ]),
  );
  let [groupPartitions, lag] = [0, 0];
  for (const { topics } of fetched) {
    for (const { name, partitions } of topics) {
      const ofTopic = ends.get(name);
      for (const { partitionIndex, committedOffset } of partitions) {
        if (committedOffset < 0n) continue;
        groupPartitions += 1;
        lag += Number((ofTopic?.get(partitionIndex) ?? 0n) - committedOffset);
      }
    }
  }
  return { groupPartitions, lag };
});
await admin.close();
