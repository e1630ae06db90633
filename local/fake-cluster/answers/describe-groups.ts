import { ByteWriter } from '../byte-writer.ts';
import type { MemberDescription } from '../description.ts';
import { type Answer, kafkaError } from './answer.ts';

const noAuthorizedOperations = -2_147_483_648;

/** DescribeGroups v5 and v6. What is no classic group is "Dead" here, however alive it is. */
export const answerDescribeGroups: Answer = (request, out, context) => {
  const { broker, cluster, version } = context;
  const names = request.compactArray(() => request.compactString()) ?? [];
  request.boolean(); // include authorized operations
  request.skipTags();

  out.int32(context.throttleMs);
  out.compactArray(
    names.filter((name) => cluster.groups.get(name)?.leftOut !== true),
    (name) => {
      const group = cluster.groups.get(name);
      const classic = group?.type === 'Classic' ? group : null;
      const notFound = version >= 6 ? kafkaError.groupIdNotFound : 0;
      const elsewhere = group !== undefined && group.coordinator !== broker;
      const error = elsewhere
        ? kafkaError.notCoordinator
        : classic === null
          ? notFound
          : classic.describeError;
      const shown = error === 0 ? classic : null;
      out.int16(error);
      if (version >= 6) out.compactString(error === 0 ? null : 'no such classic group');
      out
        .compactString(name)
        .compactString(shown?.state ?? 'Dead')
        .compactString(shown?.protocolType ?? '');
      out.compactString('range');
      out.compactArray(shown?.members ?? [], (member) => {
        out.compactString(member.id).compactString(null).compactString(member.clientId);
        out.compactString(member.host);
        out.compactBytes(subscriptionBytes(member)).compactBytes(assignmentBytes(member)).noTags();
      });
      out.int32(noAuthorizedOperations).noTags();
    },
  );
  out.noTags();
};

function classicArray<Item>(out: ByteWriter, items: readonly Item[], write: (item: Item) => unknown): void {
  out.int32(items.length);
  for (const item of items) write(item);
}

/** ConsumerProtocolSubscription v0, as the client stored it. */
function subscriptionBytes({ subscribed }: MemberDescription): Buffer {
  const out = new ByteWriter().int16(0);
  classicArray(out, subscribed, (name) => out.classicString(name));
  return out.int32(-1).written;
}

/** ConsumerProtocolAssignment v0. */
function assignmentBytes({ assigned, rawAssignment }: MemberDescription): Buffer {
  if (rawAssignment !== null) return rawAssignment;
  const out = new ByteWriter().int16(0);
  classicArray(out, [...assigned], ([topic, numbers]) => {
    out.classicString(topic);
    classicArray(out, numbers, (number) => out.int32(number));
  });
  return out.int32(-1).written;
}
