declare const offsetBrand: unique symbol;

/**
 * A position in a partition's log, exact at any size (0 … 2^63 − 1). A committed offset is the NEXT record to be
 * read: after 100 processed records it is 100 for offsets 0 … 99.
 */
export type Offset = bigint & { readonly [offsetBrand]: true };

/**
 * The offset that this whole number stands for.
 *
 * @throws RangeError on a negative number: Kafka writes −1 for "none", which has to be met before it gets here.
 */
export function toOffset(value: bigint): Offset {
  if (value < 0n) throw new RangeError(`an offset must be 0 or more, got ${value}`);
  return value as Offset;
}

/** A broker's `node.id`. */
export type BrokerId = number;

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** Partition numbers wanted of each topic. */
export type PartitionsByTopic = ReadonlyMap<string, readonly number[]>;
