import type { BrokerId, EpochMs } from '../../../shared/domain/offset.ts';
import { RecordDates } from './record-dates.ts';

/**
 * One partition's log. Offsets are plain numbers here, since simulated logs stay far below 2^53; they become `bigint`
 * where a snapshot is taken.
 */
export class PartitionLog {
  /** The broker that leads it when all are up. */
  readonly home: BrokerId;
  leader: BrokerId | null;
  start: number;
  end: number;
  readonly dates = new RecordDates();
  /** One past the last record whose transaction was committed, or that belonged to none. */
  #dataEnd: number;
  #openFrom: number | null = null;
  /** Where a hung transaction holds the last stable offset, and where the readable records before it ended. */
  #held: { readonly from: number; readonly dataEnd: number } | null = null;

  constructor(home: BrokerId, start: number, end: number) {
    this.home = home;
    this.leader = home;
    this.start = start;
    this.end = end;
    this.#dataEnd = end;
  }

  /** Last stable offset. */
  get stable(): number {
    return this.#held?.from ?? this.#openFrom ?? this.end;
  }

  /** How far a read_committed reader gets that stands behind the last record it got, not behind a marker. */
  get readable(): number {
    return this.#held?.dataEnd ?? this.#dataEnd;
  }

  /** Records without a transaction. */
  append(records: number): void {
    this.end += records;
    this.#dataEnd = this.end;
  }

  beginTransaction(records: number): void {
    this.#openFrom = this.end;
    this.end += records;
  }

  /** Ends the open transaction, if there is one, by a marker which takes an offset of its own. */
  endTransaction(committed: boolean): void {
    if (this.#openFrom === null) return;
    this.#openFrom = null;
    if (committed) this.#dataEnd = this.end;
    this.end += 1;
  }

  /** A transaction that nobody ends: all that is written from here on stays behind it. */
  hangTransaction(records: number): void {
    this.endTransaction(true);
    this.#held = { from: this.end, dataEnd: this.#dataEnd };
    this.end += records;
  }

  /** The hung transaction is aborted at last. */
  abortHung(): void {
    this.#held = null;
    this.end += 1;
  }

  /** Deletes records below the offset, as retention and DeleteRecords do. */
  deleteBefore(offset: number): void {
    this.start = Math.max(this.start, Math.min(offset, this.end));
  }

  /** An unclean election: the new leader lacks the last records. */
  truncateTo(end: number): void {
    this.end = end;
    this.#dataEnd = Math.min(this.#dataEnd, end);
    this.#openFrom = null;
    this.start = Math.min(this.start, end);
    this.dates.cutTo(end);
  }

  /** The time-based retention's work: whole segments whose last record is older than the limit. */
  expire(now: EpochMs, retentionMs: number, segmentMs: number): void {
    const limit = Math.floor((now - retentionMs) / segmentMs) * segmentMs;
    this.deleteBefore(this.dates.endAt(limit));
  }
}
