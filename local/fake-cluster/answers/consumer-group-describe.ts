import type { ByteWriter } from '../byte-writer.ts';
import type { ClusterDescription, MemberDescription } from '../description.ts';
import { type Answer, kafkaError } from './answer.ts';

const noAuthorizedOperations = -2_147_483_648;

/** ConsumerGroupDescribe v0 and v1: groups of the KIP-848 protocol; of any other kind it says "not found". */
export const answerConsumerGroupDescribe: Answer = (request, out, context) => {
  const { broker, cluster } = context;
  const names = request.compactArray(() => request.compactString()) ?? [];
  request.boolean(); // include authorized operations
  request.skipTags();

  out.int32(context.throttleMs);
  out.compactArray(
    names.filter((name) => cluster.groups.get(name)?.leftOut !== true),
    (name) => {
      const group = cluster.groups.get(name);
      const modern = group?.type === 'Consumer' ? group : null;
      const elsewhere = group !== undefined && group.coordinator !== broker;
      const error = elsewhere
        ? kafkaError.notCoordinator
        : (modern?.describeError ?? kafkaError.groupIdNotFound);
      const shown = error === 0 ? modern : null;
      out.int16(error).compactString(error === 0 ? null : 'no such consumer group');
      out.compactString(name).compactString(shown?.state ?? '');
      out.int32(1).int32(1).compactString('uniform'); // epochs, assignor
      out.compactArray(shown?.members ?? [], (member) => writeMember(out, member, cluster, context.version));
      out.int32(noAuthorizedOperations).noTags();
    },
  );
  out.noTags();
};

function writeMember(
  out: ByteWriter,
  member: MemberDescription,
  cluster: ClusterDescription,
  version: number,
): void {
  out.compactString(member.id).compactString(null).compactString(null).int32(1);
  out.compactString(member.clientId).compactString(member.host);
  out.compactArray(member.subscribed, (name) => out.compactString(name)).compactString(null);
  for (const assigned of [member.assigned, new Map<string, number[]>()]) {
    out.compactArray(assigned, ([topic, numbers]) => {
      out.uuid(cluster.topics.get(topic)?.id ?? null).compactString(topic);
      out.compactArray(numbers, (number) => out.int32(number)).noTags();
    });
    out.noTags();
  }
  if (version >= 1) out.int8(1); // of the consumer protocol
  out.noTags();
}
