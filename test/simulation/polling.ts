import type { BrokerId, EpochMs } from '../../shared/domain/offset.ts';
import type { PollTrouble } from './engine/poll.ts';
import type { Random } from './random.ts';
import { ranges } from './ranges.ts';

const { polling } = ranges;
const dayMs = 24 * 3_600_000;

/** When the monitor polls and what each poll is spared: missed minutes, long gaps, brokers that do not answer it. */
export class Polling {
  readonly #random: Random;
  readonly #gaps: { readonly from: EpochMs; readonly to: EpochMs }[] = [];
  readonly #dates: boolean;
  #silent = new Set<BrokerId>();
  #silentPolls = 0;
  #calmPolls = 0;

  constructor(random: Random, from: EpochMs, watchMs: number, hasGaps: boolean) {
    this.#random = random;
    this.#dates = random.chance(polling.datesChance);
    const gaps = hasGaps ? random.around((random.whole(polling.gapsPerDay) * watchMs) / dayMs) : 0;
    for (let i = 0; i < gaps; i++) {
      const begin = from + random.between([0, watchMs]);
      this.#gaps.push({ from: begin, to: begin + random.between(polling.gapMs) });
    }
  }

  /** What this minute's poll meets; `null` where there is no poll. */
  at(now: EpochMs, brokers: readonly BrokerId[]): PollTrouble | null {
    const random = this.#random;
    if (this.#silentPolls > 0) this.#silentPolls--;
    else {
      if (this.#silent.size > 0) this.#calmPolls = polling.calmPolls;
      this.#silent = new Set();
      // Two stretches in a row would be one that is long enough to be told of.
      if (this.#calmPolls > 0) this.#calmPolls--;
      else if (random.chance(polling.partialChance)) {
        this.#silent.add(random.pick(brokers));
        this.#silentPolls = random.whole(polling.partialPolls) - 1;
      }
    }
    if (random.chance(polling.missedChance)) return null;
    if (this.#gaps.some((gap) => now >= gap.from && now < gap.to)) return null;
    return { silent: this.#silent, race: random.between(polling.race), dates: this.#dates };
  }

  /** Steps by which this minute's poll is late. */
  lateness(): number {
    return this.#random.chance(polling.lateChance) ? 1 : 0;
  }
}
