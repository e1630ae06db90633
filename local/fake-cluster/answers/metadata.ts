import type { ByteWriter } from '../byte-writer.ts';
import type { TopicDescription } from '../description.ts';
import { type Answer, kafkaError } from './answer.ts';

const noAuthorizedOperations = -2_147_483_648;

/** Metadata v9 to v12. */
export const answerMetadata: Answer = (request, out, context) => {
  const { cluster, version } = context;
  const wanted = request.compactArray(() => {
    if (version >= 10) request.uuid();
    const name = request.compactString();
    request.skipTags();
    return name;
  });
  request.boolean(); // allow auto topic creation
  if (version <= 10) request.boolean(); // include cluster authorized operations
  request.boolean(); // include topic authorized operations
  request.skipTags();

  out.int32(context.throttleMs);
  out.compactArray(context.alive, ({ id, host, port }) =>
    out.int32(id).compactString(host).int32(port).compactString(null).noTags(),
  );
  out.compactString(cluster.clusterId).int32(context.alive[0]?.id ?? -1);
  out.compactArray(wanted ?? cluster.topics.keys(), (name) => {
    const topic = cluster.topics.get(name);
    const error = cluster.unlistedTopics.get(name)?.error ?? kafkaError.unknownTopicOrPartition;
    writeTopic(out, name, topic ?? { id: null, error, partitions: [] }, version);
  });
  if (version <= 10) out.int32(noAuthorizedOperations);
  out.noTags();
};

const leaderNotAvailable = 5;

function writeTopic(out: ByteWriter, name: string, topic: TopicDescription, version: number): void {
  out.int16(topic.error).compactString(name);
  if (version >= 10) out.uuid(topic.id);
  out.boolean(name.startsWith('__'));
  out.compactArray(topic.error === 0 ? topic.partitions.entries() : [], ([number, { leader, replicas }]) => {
    out
      .int16(leader < 0 ? leaderNotAvailable : 0)
      .int32(number)
      .int32(leader)
      .int32(0);
    for (const ids of [replicas, replicas, []]) out.compactArray(ids, (id) => out.int32(id));
    out.noTags();
  });
  out.int32(noAuthorizedOperations).noTags();
}
