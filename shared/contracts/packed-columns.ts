/**
 * A column of a table as it is stored. Bytes of equal significance stand together, the highest first: values that differ
 * in their low bytes only then leave long runs of zeros, which the compression that follows makes nothing of. A column
 * that holds one value throughout is that value.
 */
export interface PackedColumn {
  readonly length: number;
  readonly same?: number | bigint;
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

const bytesOfNumber = 6;
const bytesOfOffset = 8;
const half = 2 ** 32;

/** Whole numbers from 0 to 2^48 − 1: enough for milliseconds of 8,900 years. */
export function packNumbers(values: ArrayLike<number>): PackedColumn {
  const { length } = values;
  const first = values[0] ?? 0;
  if (isSame(values, first)) return { length, same: first };
  const bytes = new Uint8Array(length * bytesOfNumber);
  for (let i = 0; i < length; i++) {
    const value = values[i] as number;
    const low = (value % half) | 0;
    const high = (value / half) | 0;
    bytes[i] = high >>> 8;
    bytes[i + length] = high;
    bytes[i + 2 * length] = low >>> 24;
    bytes[i + 3 * length] = low >>> 16;
    bytes[i + 4 * length] = low >>> 8;
    bytes[i + 5 * length] = low;
  }
  return { length, bytes };
}

/** @throws RangeError where the bytes are not those of so many numbers */
export function unpackNumbers({ length, same, bytes }: PackedColumn): Float64Array {
  const values = new Float64Array(length);
  if (bytes === undefined) return values.fill(Number(same));
  expectBytes(bytes, length, bytesOfNumber);
  for (let i = 0; i < length; i++) {
    const high = ((bytes[i] as number) << 8) | (bytes[i + length] as number);
    const middle = ((bytes[i + 2 * length] as number) << 8) | (bytes[i + 3 * length] as number);
    const low = ((bytes[i + 4 * length] as number) << 8) | (bytes[i + 5 * length] as number);
    values[i] = high * half + middle * 65_536 + low;
  }
  return values;
}

/**
 * Offsets, −1 for none.
 *
 * @param near a column whose values are near these: what is stored is how they differ
 */
export function packOffsets(values: BigInt64Array, near: BigInt64Array | null = null): PackedColumn {
  const { length } = values;
  const first = values[0] ?? 0n;
  if (isSame(values, first)) return { length, same: first };
  const folded = new BigInt64Array(length);
  for (let i = 0; i < length; i++) {
    const delta = BigInt.asIntN(64, (values[i] as bigint) - (near === null ? 0n : (near[i] ?? 0n)));
    // Small differences of either sign become small numbers.
    folded[i] = BigInt.asIntN(64, (delta << 1n) ^ (delta >> 63n));
  }
  const raw = new Uint8Array(folded.buffer);
  const bytes = new Uint8Array(raw.length);
  for (let place = 0; place < bytesOfOffset; place++) {
    const offset = (bytesOfOffset - 1 - place) * length;
    for (let i = 0, at = place; i < length; i++, at += bytesOfOffset) bytes[offset + i] = raw[at] as number;
  }
  return { length, bytes };
}

/** @throws RangeError where the bytes are not those of so many offsets */
export function unpackOffsets(
  { length, same, bytes }: PackedColumn,
  near: BigInt64Array | null = null,
): BigInt64Array {
  const values = new BigInt64Array(length);
  if (bytes === undefined) return values.fill(BigInt(same ?? 0));
  expectBytes(bytes, length, bytesOfOffset);
  const raw = new Uint8Array(values.buffer);
  for (let place = 0; place < bytesOfOffset; place++) {
    const offset = (bytesOfOffset - 1 - place) * length;
    for (let i = 0, at = place; i < length; i++, at += bytesOfOffset) raw[at] = bytes[offset + i] as number;
  }
  for (let i = 0; i < length; i++) {
    const folded = BigInt.asUintN(64, values[i] as bigint);
    const delta = BigInt.asIntN(64, (folded >> 1n) ^ -(folded & 1n));
    values[i] = BigInt.asIntN(64, delta + (near === null ? 0n : (near[i] ?? 0n)));
  }
  return values;
}

function isSame<Value>(values: ArrayLike<Value>, first: Value): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return false;
  return true;
}

function expectBytes(bytes: Uint8Array, length: number, width: number): void {
  if (bytes.length === length * width) return;
  throw new RangeError(`a column of ${length} rows has ${bytes.length} bytes, expected ${length * width}`);
}
