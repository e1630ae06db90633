import type { BrokerId } from '../../../domain/offset.ts';
import type { Message } from '../message.ts';

export interface MetadataAnswer {
  readonly clusterId: string | null;
  readonly brokers: readonly { readonly id: BrokerId; readonly host: string; readonly port: number }[];
  readonly topics: readonly MetadataTopic[];
}

export interface MetadataTopic {
  readonly error: number;
  readonly name: string;
  readonly id: string | null;
  readonly partitions: readonly MetadataPartition[];
}

export interface MetadataPartition {
  readonly error: number;
  readonly partition: number;
  /** −1 where the partition has no leader. */
  readonly leader: BrokerId;
  readonly replicas: readonly BrokerId[];
}

/**
 * Metadata v9 to v12 (topic ids from v10): brokers, topics, leaders. `null` asks for every topic that the login may
 * describe. Never creates a topic.
 */
export function metadata(topics: readonly string[] | null): Message<MetadataAnswer> {
  return {
    api: 'Metadata',
    versions: { min: 9, max: 12 },
    encode(out, version) {
      out.arrayLength(topics === null ? null : topics.length);
      for (const topic of topics ?? []) {
        if (version >= 10) {
          out.int64(0n);
          out.int64(0n);
        }
        out.string(topic);
        out.noTags();
      }
      out.boolean(false); // allow_auto_topic_creation
      if (version <= 10) out.boolean(false); // include_cluster_authorized_operations
      out.boolean(false); // include_topic_authorized_operations
      out.noTags();
    },
    decode(from, version) {
      from.throttleTime();
      const brokers: { id: number; host: string; port: number }[] = [];
      const brokerCount = from.arrayLength(11);
      for (let i = 0; i < brokerCount; i++) {
        const id = from.int32();
        const host = from.string();
        const port = from.int32();
        from.nullableString(); // rack
        from.skipTags();
        brokers.push({ id, host, port });
      }
      const clusterId = from.nullableString();
      from.int32(); // controller id
      const described: MetadataTopic[] = [];
      const topicCount = from.arrayLength(10);
      for (let i = 0; i < topicCount; i++) {
        const error = from.int16();
        const name = from.nullableString() ?? '';
        const id = version >= 10 ? from.uuid() : null;
        from.boolean(); // is_internal
        const partitions: MetadataPartition[] = [];
        const partitionCount = from.arrayLength(18);
        for (let p = 0; p < partitionCount; p++) {
          const partitionError = from.int16();
          const partition = from.int32();
          const leader = from.int32();
          from.int32(); // leader epoch
          const replicas = from.int32Array();
          from.skipInt32Array(); // in-sync replicas
          from.skipInt32Array(); // offline replicas
          from.skipTags();
          partitions.push({ error: partitionError, partition, leader, replicas });
        }
        from.int32(); // topic_authorized_operations
        from.skipTags();
        described.push({ error, name, id, partitions });
      }
      if (version <= 10) from.int32(); // cluster_authorized_operations
      from.skipTags();
      return { clusterId, brokers, topics: described };
    },
  };
}
