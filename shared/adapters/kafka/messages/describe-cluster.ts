import type { Message } from '../message.ts';

/** AclOperation codes, which are the bit positions in authorized operations (KIP-430). */
const describeBit = 1 << 8;

/** DescribeCluster v0 (KIP-700, Kafka 2.8): asked for one thing only, whether the login may describe the cluster. */
export function describeCluster(): Message<{ readonly error: number; readonly mayDescribe: boolean }> {
  return {
    api: 'DescribeCluster',
    versions: { min: 0, max: 0 },
    encode(out) {
      out.boolean(true); // include_cluster_authorized_operations
      out.noTags();
    },
    decode(from) {
      from.throttleTime();
      const error = from.int16();
      from.nullableString(); // error message
      from.string(); // cluster id
      from.int32(); // controller id
      const brokerCount = from.arrayLength(11);
      for (let i = 0; i < brokerCount; i++) {
        from.int32();
        from.string();
        from.int32();
        from.nullableString(); // rack
        from.skipTags();
      }
      const operations = from.int32();
      from.skipTags();
      return { error, mayDescribe: (operations & describeBit) !== 0 };
    },
  };
}
