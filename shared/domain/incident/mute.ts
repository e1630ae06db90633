import type { EpochMs } from '../offset.ts';
import type { Subject } from '../selector.ts';

/** A time in which incidents go on and nobody is told. */
export interface Mute {
  /** A compiled selector: whom it means. */
  readonly match: (subject: Subject) => boolean;
  /** `null`: since ever. */
  readonly fromMs: EpochMs | null;
  /** The first instant after it. */
  readonly toMs: EpochMs;
  /** `null` where nobody said. */
  readonly why: string | null;
}

/** What a mute may silence: a group's trouble in these topics. */
export interface Mutable {
  readonly cluster: string;
  readonly group: string;
  /** None where the group as a whole is in trouble. */
  readonly topics: readonly string[];
}

/**
 * The mute that silences it at this instant; `null` where none does. Mutes that are limited to topics silence a group
 * only where together they cover all of its trouble.
 */
export function muteOver(mutes: readonly Mute[], trouble: Mutable, at: EpochMs): Mute | null {
  const { cluster, group, topics } = trouble;
  const current = mutes.filter(({ fromMs, toMs }) => (fromMs === null || fromMs <= at) && at < toMs);
  const muteOf = (topic: string | null) =>
    current.find(({ match }) => match({ cluster, group, topic })) ?? null;
  const whole = muteOf(null);
  if (whole !== null || topics.length === 0) return whole;
  const partial = topics.map(muteOf);
  return partial.includes(null) ? null : (partial[0] as Mute);
}
