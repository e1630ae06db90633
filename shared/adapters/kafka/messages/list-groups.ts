import type { Message } from '../message.ts';

export interface ListedGroupAnswer {
  readonly group: string;
  /** `consumer`, `connect`, `share`, …; empty for a group that only ever committed. */
  readonly protocolType: string;
  /** From v4 (Kafka 2.6). */
  readonly state: string | null;
  /** From v5 (Kafka 3.8): `Classic`, `Consumer`, `Share`, `Streams`. */
  readonly type: string | null;
}

/**
 * ListGroups v3 to v5: the groups that this broker coordinates, and only those. That is how the coordinator of every
 * group is known without asking for it.
 */
export function listGroups(): Message<{ error: number; groups: readonly ListedGroupAnswer[] }> {
  return {
    api: 'ListGroups',
    versions: { min: 3, max: 5 },
    encode(out, version) {
      if (version >= 4) out.arrayLength(0); // states_filter: all
      if (version >= 5) out.arrayLength(0); // types_filter: all
      out.noTags();
    },
    decode(from, version) {
      from.throttleTime();
      const error = from.int16();
      const groups: ListedGroupAnswer[] = [];
      const count = from.arrayLength(3);
      for (let i = 0; i < count; i++) {
        const group = from.string();
        const protocolType = from.string();
        const state = version >= 4 ? from.string() : null;
        const type = version >= 5 ? from.string() : null;
        from.skipTags();
        groups.push({ group, protocolType, state, type });
      }
      from.skipTags();
      return { error, groups };
    },
  };
}
