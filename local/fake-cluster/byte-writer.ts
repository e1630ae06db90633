/**
 * Writes Kafka's types for the stand-in's answers. Written apart from shared/adapters/kafka/wire.ts on purpose: what
 * shared a mistake with the reader under test would hide it.
 */
export class ByteWriter {
  #bytes = Buffer.alloc(4096);
  #size = 0;

  get written(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  #grow(by: number): number {
    const at = this.#size;
    if (at + by > this.#bytes.length) {
      this.#bytes = Buffer.concat([this.#bytes], Math.max(at + by, 2 * this.#bytes.length));
    }
    this.#size += by;
    return at;
  }

  int8(value: number): this {
    const at = this.#grow(1);
    this.#bytes.writeInt8(value, at);
    return this;
  }

  int16(value: number): this {
    const at = this.#grow(2);
    this.#bytes.writeInt16BE(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.#grow(4);
    this.#bytes.writeInt32BE(value, at);
    return this;
  }

  int64(value: bigint): this {
    const at = this.#grow(8);
    this.#bytes.writeBigInt64BE(value, at);
    return this;
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  raw(bytes: Buffer): this {
    const at = this.#grow(bytes.length);
    bytes.copy(this.#bytes, at);
    return this;
  }

  /** Seven bits a byte, lowest first; the high bit says that more follow. */
  uvarint(value: number): this {
    let rest = value;
    for (;;) {
      const low = rest % 128;
      rest = (rest - low) / 128;
      const at = this.#grow(1);
      this.#bytes[at] = rest > 0 ? low + 128 : low;
      if (rest === 0) return this;
    }
  }

  compactString(text: string | null): this {
    if (text === null) return this.uvarint(0);
    const bytes = Buffer.from(text);
    return this.uvarint(bytes.length + 1).raw(bytes);
  }

  compactBytes(bytes: Buffer): this {
    return this.uvarint(bytes.length + 1).raw(bytes);
  }

  compactArray<Item>(items: Iterable<Item>, write: (item: Item) => unknown): this {
    const all = [...items];
    this.uvarint(all.length + 1);
    for (const item of all) write(item);
    return this;
  }

  /** Strings and byte arrays of messages older than KIP-482. */
  classicString(text: string | null): this {
    if (text === null) return this.int16(-1);
    const bytes = Buffer.from(text);
    return this.int16(bytes.length).raw(bytes);
  }

  classicBytes(bytes: Buffer): this {
    return this.int32(bytes.length).raw(bytes);
  }

  /** A UUID in Kafka's spelling, base64url; `null` for the zero id. */
  uuid(id: string | null): this {
    return this.raw(id === null ? Buffer.alloc(16) : Buffer.from(id, 'base64url'));
  }

  noTags(): this {
    return this.uvarint(0);
  }
}
