import { Fault } from '../../domain/fault.ts';

/**
 * Writer of Kafka's primitive types in their flexible (KIP-482) form: compact strings and arrays, tagged fields. Every
 * message that we send is flexible, so the classic forms are not here.
 */
export class WireWriter {
  #bytes = Buffer.allocUnsafe(1024);
  #at = 0;

  /** The bytes written so far; valid until the next write. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  #room(size: number): number {
    const at = this.#at;
    const needed = at + size;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, at);
      this.#bytes = grown;
    }
    this.#at = needed;
    return at;
  }

  int8(value: number): void {
    const at = this.#room(1);
    this.#bytes.writeInt8(value, at);
  }

  int16(value: number): void {
    const at = this.#room(2);
    this.#bytes.writeInt16BE(value, at);
  }

  int32(value: number): void {
    const at = this.#room(4);
    this.#bytes.writeInt32BE(value, at);
  }

  int64(value: bigint): void {
    const at = this.#room(8);
    this.#bytes.writeBigInt64BE(value, at);
  }

  boolean(value: boolean): void {
    this.int8(value ? 1 : 0);
  }

  unsignedVarint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      const at = this.#room(1);
      this.#bytes[at] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    const at = this.#room(1);
    this.#bytes[at] = rest;
  }

  string(value: string): void {
    const size = Buffer.byteLength(value);
    this.unsignedVarint(size + 1);
    const at = this.#room(size);
    this.#bytes.write(value, at, 'utf8');
  }

  nullableString(value: string | null): void {
    if (value === null) this.unsignedVarint(0);
    else this.string(value);
  }

  /** The length of an array whose items follow; `null` for a null array. */
  arrayLength(length: number | null): void {
    this.unsignedVarint(length === null ? 0 : length + 1);
  }

  /** An empty set of tagged fields, which closes every structure. */
  noTags(): void {
    this.unsignedVarint(0);
  }
}

/** No Kafka field that we read is longer; a longer varint means that the bytes are not what they claim. */
const maxVarintBytes = 5;

/**
 * Reader of Kafka's primitive types in their flexible form. Every length is checked against the bytes that are really
 * there before anything is allocated for it, since a broken or hostile peer may claim any length.
 *
 * @throws Fault `garbled` from every method when the bytes run out or contradict themselves.
 */
export class WireReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at = 0;
  /** How long the broker asks us to hold back (KIP-219), as the last `throttleTime()` read it. */
  throttleTimeMs = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  #take(size: number): number {
    const at = this.#at;
    if (size > this.#bytes.length - at) {
      throw new Fault(
        'garbled',
        `the answer ends early: ${size} more bytes needed at byte ${at} of ${this.#bytes.length}`,
      );
    }
    this.#at = at + size;
    return at;
  }

  int8(): number {
    return this.#view.getInt8(this.#take(1));
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2));
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#take(8));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  throttleTime(): void {
    this.throttleTimeMs = this.int32();
  }

  unsignedVarint(): number {
    const first = this.#bytes[this.#take(1)] as number;
    // Nearly all of them: the lengths of short strings, of the empty set of tags.
    return first < 0x80 ? first : this.#longVarint(first);
  }

  #longVarint(first: number): number {
    let value = first & 0x7f;
    for (let i = 1; i < maxVarintBytes; i++) {
      const byte = this.#bytes[this.#take(1)] as number;
      // Multiplied, not shifted: the fifth byte would overflow a 32-bit shift into the sign.
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new Fault('garbled', `a length of more than ${maxVarintBytes} bytes at byte ${this.#at}`);
  }

  #text(size: number): string {
    const at = this.#take(size);
    return this.#bytes.toString('utf8', at, at + size);
  }

  string(): string {
    const size = this.unsignedVarint();
    if (size === 0) throw new Fault('garbled', `a null string at byte ${this.#at} where Kafka allows none`);
    return this.#text(size - 1);
  }

  nullableString(): string | null {
    const size = this.unsignedVarint();
    return size === 0 ? null : this.#text(size - 1);
  }

  /** Raw bytes, as a view of the answer's own buffer. */
  bytes(): Buffer {
    const size = this.unsignedVarint();
    if (size <= 1) return this.#bytes.subarray(this.#at, this.#at);
    const at = this.#take(size - 1);
    return this.#bytes.subarray(at, at + size - 1);
  }

  /** A UUID in Kafka's own spelling (base64url without padding); `null` for the all-zero id, which means "none". */
  uuid(): string | null {
    const at = this.#take(16);
    if (this.#view.getBigInt64(at) === 0n && this.#view.getBigInt64(at + 8) === 0n) return null;
    return this.#bytes.toString('base64url', at, at + 16);
  }

  /**
   * The length of an array whose items follow; a null array counts as empty.
   *
   * @param leastItemBytes the fewest bytes that one item can take, by which an impossible length is refused
   */
  arrayLength(leastItemBytes: number): number {
    const length = this.unsignedVarint() - 1;
    if (length <= 0) return 0;
    if (length * leastItemBytes > this.remaining) {
      throw new Fault(
        'garbled',
        `an array of ${length} items at byte ${this.#at}, but only ${this.remaining} bytes are left`,
      );
    }
    return length;
  }

  int32Array(): number[] {
    const length = this.arrayLength(4);
    const values = new Array<number>(length);
    for (let i = 0; i < length; i++) values[i] = this.int32();
    return values;
  }

  stringArray(): string[] {
    const length = this.arrayLength(1);
    const values = new Array<string>(length);
    for (let i = 0; i < length; i++) values[i] = this.string();
    return values;
  }

  skip(size: number): void {
    this.#take(size);
  }

  skipInt32Array(): void {
    this.#take(this.arrayLength(4) * 4);
  }

  /** Passes over tagged fields; none of those that we know changes what we read. */
  skipTags(): void {
    const count = this.unsignedVarint();
    for (let i = 0; i < count; i++) {
      this.unsignedVarint();
      this.#take(this.unsignedVarint());
    }
  }
}
