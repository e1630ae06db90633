import type { Member } from '../../../domain/snapshot.ts';
import type { Message } from '../message.ts';
import type { WireReader } from '../wire.ts';
import { type DescribedGroupAnswer, plainHost } from './describe-groups.ts';

/** ConsumerGroupDescribe v0 and v1 (KIP-848, Kafka 3.7): state and members of consumer-protocol groups. */
export function consumerGroupDescribe(groups: readonly string[]): Message<readonly DescribedGroupAnswer[]> {
  return {
    api: 'ConsumerGroupDescribe',
    versions: { min: 0, max: 1 },
    encode(out) {
      out.arrayLength(groups.length);
      for (const group of groups) out.string(group);
      out.boolean(false); // include_authorized_operations
      out.noTags();
    },
    decode(from, version) {
      from.throttleTime();
      const answers: DescribedGroupAnswer[] = [];
      const groupCount = from.arrayLength(18);
      for (let g = 0; g < groupCount; g++) {
        const error = from.int16();
        from.nullableString(); // error message
        const group = from.string();
        const state = from.string();
        from.int32(); // group epoch
        from.int32(); // assignment epoch
        from.string(); // assignor
        const members: Member[] = [];
        const memberCount = from.arrayLength(15);
        for (let m = 0; m < memberCount; m++) members.push(readMember(from, version));
        from.int32(); // authorized operations
        from.skipTags();
        answers.push({ group, error, state, members });
      }
      from.skipTags();
      return answers;
    },
  };
}

function readMember(from: WireReader, version: number): Member {
  const id = from.string();
  from.nullableString(); // group instance id
  from.nullableString(); // rack
  from.int32(); // member epoch
  const clientId = from.string();
  const host = plainHost(from.string());
  const named = from.stringArray();
  const regex = from.nullableString();
  const assigned = readAssignment(from);
  readAssignment(from); // target assignment: what the member is still moving to
  if (version >= 1) from.int8(); // member type: classic or consumer protocol
  from.skipTags();
  // A regular expression is resolved on the broker; what it matched shows only in the assignment.
  const subscribed = regex ? [...new Set([...named, ...assigned.keys()])] : named;
  return { id, clientId, host, subscribed, assigned };
}

function readAssignment(from: WireReader): Map<string, number[]> {
  const assigned = new Map<string, number[]>();
  const count = from.arrayLength(19);
  for (let i = 0; i < count; i++) {
    from.uuid();
    const topic = from.string();
    assigned.set(topic, from.int32Array());
    from.skipTags();
  }
  from.skipTags();
  return assigned;
}
