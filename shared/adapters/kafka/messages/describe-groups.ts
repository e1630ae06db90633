import type { Member } from '../../../domain/snapshot.ts';
import { consumerAssignment, consumerSubscription } from '../consumer-protocol.ts';
import type { Message } from '../message.ts';

export interface DescribedGroupAnswer {
  readonly group: string;
  readonly error: number;
  readonly state: string;
  readonly members: readonly Member[];
}

/**
 * DescribeGroups v5 and v6: state and members of classic groups.
 *
 * Never trust its `Dead`: up to v5 a live KIP-848 group looks dead and memberless here, without an error.
 */
export function describeGroups(groups: readonly string[]): Message<readonly DescribedGroupAnswer[]> {
  return {
    api: 'DescribeGroups',
    versions: { min: 5, max: 6 },
    encode(out) {
      out.arrayLength(groups.length);
      for (const group of groups) out.string(group);
      out.boolean(false); // include_authorized_operations
      out.noTags();
    },
    decode(from, version) {
      from.throttleTime();
      const answers: DescribedGroupAnswer[] = [];
      const groupCount = from.arrayLength(12);
      for (let g = 0; g < groupCount; g++) {
        const error = from.int16();
        if (version >= 6) from.nullableString(); // error message
        const group = from.string();
        const state = from.string();
        const protocolType = from.string();
        from.string(); // protocol: the assignor chosen
        const members: Member[] = [];
        const memberCount = from.arrayLength(7);
        for (let m = 0; m < memberCount; m++) {
          const id = from.string();
          from.nullableString(); // group instance id
          const clientId = from.string();
          const host = plainHost(from.string());
          const subscription = from.bytes();
          const assignment = from.bytes();
          from.skipTags();
          // Connect workers and others put their own formats into these bytes.
          const speaksConsumer = protocolType === 'consumer';
          members.push({
            id,
            clientId,
            host,
            subscribed: speaksConsumer ? consumerSubscription(subscription) : null,
            assigned: (speaksConsumer ? consumerAssignment(assignment) : null) ?? new Map(),
          });
        }
        from.int32(); // authorized operations
        from.skipTags();
        answers.push({ group, error, state, members });
      }
      from.skipTags();
      return answers;
    },
  };
}

/** Brokers write `/10.0.0.3`, as Java prints an address without a name. */
export function plainHost(host: string): string {
  return host.startsWith('/') ? host.slice(1) : host;
}
