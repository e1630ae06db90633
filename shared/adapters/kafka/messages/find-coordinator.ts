import type { BrokerId } from '../../../domain/offset.ts';
import type { Message } from '../message.ts';

export interface CoordinatorAnswer {
  readonly group: string;
  readonly error: number;
  readonly broker: BrokerId;
}

/**
 * FindCoordinator v4 (KIP-699, Kafka 3.0): who coordinates these groups. Seldom needed, since the broker that lists a
 * group coordinates it: only where a group has moved since.
 */
export function findCoordinator(groups: readonly string[]): Message<readonly CoordinatorAnswer[]> {
  return {
    api: 'FindCoordinator',
    versions: { min: 4, max: 4 },
    encode(out) {
      out.int8(0); // key type: group
      out.arrayLength(groups.length);
      for (const group of groups) out.string(group);
      out.noTags();
    },
    decode(from) {
      from.throttleTime();
      const answers: CoordinatorAnswer[] = [];
      const count = from.arrayLength(14);
      for (let i = 0; i < count; i++) {
        const group = from.string();
        const broker = from.int32();
        from.string(); // host
        from.int32(); // port
        const error = from.int16();
        from.nullableString(); // error message
        from.skipTags();
        answers.push({ group, error, broker });
      }
      from.skipTags();
      return answers;
    },
  };
}
