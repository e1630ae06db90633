import type { EpochMs, Offset } from '../domain/offset.ts';

/**
 * The search for the instant at which the record at an offset was stamped. Asked for an instant, Kafka answers with the
 * first record that is stamped at or after it: an instant that leads to a record before the offset is too early, one
 * that leads behind it too late, and one that leads to the offset itself tells its timestamp.
 */
export interface TimestampSearch {
  readonly offset: Offset;
  /** One past the last record. */
  readonly end: Offset;
  readonly now: EpochMs;
  /** An instant too early, and the record that it led to; `null` as long as there is none. */
  readonly early: { readonly at: EpochMs; readonly record: Offset | null };
  /** An instant too late, and the record that it led to; `null` where there is none, or nothing was asked yet. */
  readonly late: { readonly at: EpochMs; readonly record: StampedRecord | null };
  /** The timestamp of the record at the offset, once it was told. */
  readonly exact: EpochMs | null;
  /** A record no later than the offset carries a time yet to come, so that every instant up to now leads to it. */
  readonly isFromTheFuture: boolean;
  readonly answers: number;
  readonly guess: Guess;
}

export interface StampedRecord {
  readonly offset: Offset;
  readonly timestamp: EpochMs;
}

/** Whether it pays to take the records for evenly spread in time, and how far around the guess to look: a part of the span. */
interface Guess {
  readonly pays: boolean;
  readonly around: number;
}

/** Instants asked for one partition at once: each needs a request of its own. */
export const instantsPerRound = 4;

const firstGuess: Guess = { pays: true, around: 1 / 16 };
const leastAround = 1 / 32;

/** A round that leaves this part of the span or more has missed: asking at even distances leaves a quarter. */
const missedPart = 0.2;

/** @param earliest no earlier instant is asked for; 0 or later */
export function beginSearch(offset: Offset, end: Offset, now: EpochMs, earliest: EpochMs): TimestampSearch {
  return {
    offset,
    end,
    now,
    early: { at: earliest - 1, record: null },
    late: { at: Math.max(now, earliest) + 1, record: null },
    exact: null,
    isFromTheFuture: false,
    answers: 0,
    guess: firstGuess,
  };
}

/** Whether no further instant can tell more. */
export function isOver({ exact, isFromTheFuture, early, late }: TimestampSearch): boolean {
  return exact !== null || isFromTheFuture || late.at - early.at <= 1;
}

/** What is known after another round of answers: for each instant the record that it led to. */
export function learn(
  search: TimestampSearch,
  answers: ReadonlyMap<EpochMs, StampedRecord | null>,
): TimestampSearch {
  let { early, late, exact, isFromTheFuture } = search;
  for (const [at, record] of answers) {
    if (record === null || record.offset > search.offset) {
      if (at < late.at) late = { at, record };
    } else if (record.timestamp > search.now) isFromTheFuture = true;
    else if (record.offset === search.offset) exact = record.timestamp;
    // Every instant up to the record's own leads to it.
    else if (record.timestamp > early.at) early = { at: record.timestamp, record: record.offset };
  }
  // A log that was cut meanwhile contradicts what it said before; that ends the search.
  if (early.at >= late.at) early = { ...early, at: late.at - 1 };
  const left = (late.at - early.at) / (search.late.at - search.early.at);
  const guess = nextGuess(search, left, late.record !== null);
  return { ...search, early, late, exact, isFromTheFuture, answers: search.answers + answers.size, guess };
}

function nextGuess({ early, guess }: TimestampSearch, left: number, isBounded: boolean): Guess {
  if (early.record === null) return guess;
  if (left < missedPart) return { pays: true, around: Math.max(leastAround, guess.around / 2) };
  // After a miss one round at even distances; more of them as long as it is not known when the next record came.
  if (!guess.pays && isBounded) return { pays: true, around: guess.around * 2 };
  return { ...guess, pays: false };
}

const secondMs = 1000;
const hourMs = 3600 * secondMs;

/** How long ago the first instants lie where nothing better is known. */
const firstAgesMs = [60 * secondMs, hourMs, 24 * hourMs];

/**
 * The instants to ask next, the most promising first: at most `instantsPerRound`, all between too early and too late.
 *
 * @param hints where to look first
 */
export function nextInstants(search: TimestampSearch, hints: readonly EpochMs[]): EpochMs[] {
  const [first, last] = [search.early.at + 1, search.late.at - 1];
  if (last - first < instantsPerRound) return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const wanted =
    search.answers === 0
      ? [first, ...hints, ...firstAgesMs.map((age) => search.now - age)]
      : cuts(search, first, last - first);
  const inside = wanted.map(Math.round).filter((at) => at >= first && at <= last);
  return [...new Set(inside)].slice(0, instantsPerRound);
}

function cuts(
  { early, late, offset, end, guess: { pays, around } }: TimestampSearch,
  first: EpochMs,
  span: number,
): number[] {
  const even = [1, 2, 3, 4].map((i) => first + (i * span) / 5);
  if (early.record === null) return even;
  // Just after the instant that is too early: where records are stamped alike, this tells at once.
  if (!pays) return [first + span / 2, first, first + span / 4, first + (3 * span) / 4];
  const behind = late.record?.offset ?? end;
  const likely = early.at + (late.at - early.at) * ratio(offset - early.record, behind - early.record);
  const aside = Math.max(1, span * around);
  return [likely, likely - aside, likely + aside, first];
}

function ratio(part: bigint, whole: bigint): number {
  return Number(part) / Number(whole);
}
