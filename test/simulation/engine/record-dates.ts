import type { EpochMs } from '../../../shared/domain/offset.ts';

/** When a log's records were written: its end from minute to minute, records between two minutes spread evenly. */
export class RecordDates {
  #times: number[] = [];
  #ends: number[] = [];

  note(at: EpochMs, end: number): void {
    const last = this.#ends.length - 1;
    // A flat stretch needs its first and its last minute only.
    if (last > 0 && this.#ends[last] === end && this.#ends[last - 1] === end) this.#times[last] = at;
    else {
      this.#times.push(at);
      this.#ends.push(end);
    }
  }

  /** Where the log ended at that time; before its first minute, where it began. */
  endAt(time: EpochMs): number {
    return Math.floor(interpolate(this.#times, this.#ends, time));
  }

  /** When the record at this offset was written; the future for what is not there yet. */
  writtenAt(offset: number): EpochMs {
    const last = this.#ends.length - 1;
    if (offset >= (this.#ends[last] ?? 0)) return Number.POSITIVE_INFINITY;
    return interpolate(this.#ends, this.#times, offset);
  }

  /** Forgets what a truncation took away. */
  cutTo(end: number): void {
    while (this.#ends.length > 0 && (this.#ends.at(-1) as number) > end) {
      this.#ends.pop();
      this.#times.pop();
    }
  }
}

/** `values` at `at`, where `keys` rise: the last of equal keys counts. */
function interpolate(keys: readonly number[], values: readonly number[], at: number): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return values[0] ?? 0;
  if (low === keys.length) return values[low - 1] as number;
  const [fromKey, toKey] = [keys[low - 1] as number, keys[low] as number];
  const [fromValue, toValue] = [values[low - 1] as number, values[low] as number];
  return fromValue + ((toValue - fromValue) * (at - fromKey)) / (toKey - fromKey);
}
