/**
 * The bytes that classic consumers exchange inside JoinGroup and SyncGroup, which the broker stores without looking
 * (Kafka: ConsumerProtocolSubscription.json, ConsumerProtocolAssignment.json). Classic, not flexible, forms.
 *
 * They come from clients, not from the broker, so anything may be in them: what cannot be read is `null`, never a fault.
 */

/** Topics that a member subscribes to; `null` where its bytes do not say. */
export function consumerSubscription(bytes: Buffer): readonly string[] | null {
  return orNull(bytes, (at) => at.strings());
}

/** Partitions that a member owns, by topic; `null` where its bytes do not say. */
export function consumerAssignment(bytes: Buffer): ReadonlyMap<string, readonly number[]> | null {
  return orNull(bytes, (at) => at.partitionsByTopic());
}

function orNull<Value>(bytes: Buffer, read: (at: ClassicReader) => Value): Value | null {
  if (bytes.length === 0) return null;
  try {
    const at = new ClassicReader(bytes);
    at.int16(); // version: later ones only append fields
    return read(at);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Throws RangeError where the bytes run out, as Buffer's own readers do. */
class ClassicReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int16(): number {
    const value = this.#bytes.readInt16BE(this.#at);
    this.#at += 2;
    return value;
  }

  #int32(): number {
    const value = this.#bytes.readInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  #length(leastItemBytes: number): number {
    const length = this.#int32();
    if (length * leastItemBytes > this.#bytes.length - this.#at)
      throw new RangeError('array beyond the bytes');
    return Math.max(0, length);
  }

  #string(): string {
    const size = this.int16();
    if (size < 0 || size > this.#bytes.length - this.#at) throw new RangeError('string beyond the bytes');
    this.#at += size;
    return this.#bytes.toString('utf8', this.#at - size, this.#at);
  }

  #partition(): number {
    const partition = this.#int32();
    if (partition < 0) throw new RangeError('a partition below 0');
    return partition;
  }

  strings(): string[] {
    return Array.from({ length: this.#length(2) }, () => this.#string());
  }

  partitionsByTopic(): Map<string, number[]> {
    const topics = new Map<string, number[]>();
    const count = this.#length(6);
    for (let i = 0; i < count; i++) {
      const topic = this.#string();
      topics.set(
        topic,
        Array.from({ length: this.#length(4) }, () => this.#partition()),
      );
    }
    return topics;
  }
}
