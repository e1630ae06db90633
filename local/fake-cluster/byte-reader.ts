/** Reads the requests that a client sends. A request that cannot be read is a fault of the client: it throws. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  #next(size: number): Buffer {
    if (size < 0 || size > this.remaining) {
      throw new RangeError(`${size} bytes wanted at byte ${this.#at}, ${this.remaining} left`);
    }
    this.#at += size;
    return this.#bytes.subarray(this.#at - size, this.#at);
  }

  int8(): number {
    return this.#next(1).readInt8();
  }

  int16(): number {
    return this.#next(2).readInt16BE();
  }

  int32(): number {
    return this.#next(4).readInt32BE();
  }

  int64(): bigint {
    return this.#next(8).readBigInt64BE();
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  uvarint(): number {
    let bits = '';
    for (;;) {
      const byte = this.#next(1).readUInt8();
      bits = (byte & 0x7f).toString(2).padStart(7, '0') + bits;
      if (byte < 0x80) return Number.parseInt(bits, 2);
    }
  }

  compactString(): string {
    return this.#next(this.uvarint() - 1).toString();
  }

  /** `null` for a null array. */
  compactArray<Item>(read: () => Item): Item[] | null {
    const length = this.uvarint() - 1;
    if (length < 0) return null;
    return Array.from({ length }, read);
  }

  classicString(): string | null {
    const size = this.int16();
    return size < 0 ? null : this.#next(size).toString();
  }

  classicBytes(): Buffer {
    return this.#next(this.int32());
  }

  uuid(): string {
    return this.#next(16).toString('base64url');
  }

  /** Tagged fields: our client sends none that matter. */
  skipTags(): void {
    const count = this.uvarint();
    for (let i = 0; i < count; i++) {
      this.uvarint();
      this.#next(this.uvarint());
    }
  }
}
