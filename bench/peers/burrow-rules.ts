/** What Burrow calls a partition's state, and its code: the larger, the worse. */
export const burrowStatuses = { NOTFOUND: 0, OK: 1, WARN: 2, ERR: 3, STOP: 4, STALL: 5, REWIND: 6 } as const;

export type BurrowStatus = keyof typeof burrowStatuses;

export interface BurrowOptions {
  /** How many commits of a partition, and how many of its ends, are kept. @default 10 */
  readonly intervals?: number;
  /** A commit this close to the one before takes its place and its time. Milliseconds. @default 0 */
  readonly minDistanceMs?: number;
  /** @default 0 */
  readonly allowedLag?: number;
  /** Share of the window that must be filled before it is judged. @default 0 */
  readonly minimumComplete?: number;
  /** A commit, and a group, older than this does not exist. Milliseconds. @default 604800000 */
  readonly expireGroupMs?: number;
}

/** One commit as the window keeps it. */
export interface WindowCommit {
  readonly offset: number;
  /** Milliseconds. */
  readonly at: number;
  /** Where it stands among all commits; later ones have higher numbers. */
  readonly order: number;
  /** End less commit when it was made, never below 0; `null` for one that came out of order. */
  readonly lag: number | null;
}

/** All that the rules look at for one group on one partition. */
export interface BurrowWindow {
  /** Oldest first; `null` where the window is not filled yet. */
  readonly commits: readonly (WindowCommit | null)[];
  /** The partition's last ends, oldest first. */
  readonly ends: readonly number[];
  /** Newest end less newest commit, never below 0; 0 for a topic that is not known. */
  readonly currentLag: number;
  /** Milliseconds. */
  readonly now: number;
}

export interface PartitionStatus {
  readonly status: BurrowStatus;
  /** Share of the window that is filled. */
  readonly complete: number;
}

/** The evaluator's rules for one partition, in the order in which it tries them. */
export function evaluateWindow(
  window: BurrowWindow,
  { allowedLag = 0, minimumComplete = 0 }: Pick<BurrowOptions, 'allowedLag' | 'minimumComplete'> = {},
): PartitionStatus {
  const first = window.commits.findIndex((commit) => commit !== null);
  if (first < 0) return { status: 'OK', complete: 0 };
  const commits = window.commits.slice(first).filter((commit) => commit !== null);
  const complete = commits.length / window.commits.length;
  if (complete < minimumComplete) return { status: 'OK', complete };
  return { status: statusOf(commits, window, allowedLag), complete };
}

function statusOf(
  commits: readonly WindowCommit[],
  { ends, currentLag, now }: BurrowWindow,
  allowedLag: number,
): BurrowStatus {
  if (currentLag <= allowedLag) return 'OK';
  if (hasStopped(commits, now) && !wasRecentlyAtEnd(commits, ends)) return 'STOP';
  if (hasRewound(commits)) return 'REWIND';
  if (commits.some(({ lag }) => lag !== null && lag <= allowedLag)) return 'OK';
  if (commits.every(({ offset }) => offset === commits[0]?.offset)) return 'STALL';
  return lagEverShrank(commits) ? 'OK' : 'WARN';
}

/** Silent for longer than the whole window took. */
function hasStopped(commits: readonly WindowCommit[], now: number): boolean {
  const [first, last] = [commits[0], commits.at(-1)];
  if (first === undefined || last === undefined) return false;
  return now - last.at > last.at - first.at;
}

function wasRecentlyAtEnd(commits: readonly WindowCommit[], ends: readonly number[]): boolean {
  const last = commits.at(-1);
  return last !== undefined && ends.some((end) => end <= last.offset);
}

/** Only the first step back is looked at: whether the window ever comes up to where it fell from. */
function hasRewound(commits: readonly WindowCommit[]): boolean {
  for (let i = 1; i < commits.length; i++) {
    const [before, after] = [commits[i - 1] as WindowCommit, commits[i] as WindowCommit];
    if (after.offset >= before.offset) continue;
    return !commits.slice(i).some(({ offset }) => offset >= before.offset);
  }
  return false;
}

function lagEverShrank(commits: readonly WindowCommit[]): boolean {
  const lags = commits.flatMap(({ lag }) => (lag === null ? [] : [lag]));
  return lags.some((lag, i) => i > 0 && lag < (lags[i - 1] as number));
}

/** What Burrow keeps of a cluster, and how it judges a group. Times are milliseconds. */
export class BurrowRules {
  readonly #options: Required<BurrowOptions>;
  readonly #groups = new Map<string, Map<string, (WindowCommit | null)[]>>();
  readonly #ends = new Map<string, number[]>();
  #order = 0;

  constructor(options: BurrowOptions = {}) {
    this.#options = {
      intervals: 10,
      minDistanceMs: 0,
      allowedLag: 0,
      minimumComplete: 0,
      expireGroupMs: 604_800_000,
      ...options,
    };
  }

  /** A partition's end, as it is asked for at every refresh. A broker that does not answer leaves the old ones. */
  end(topic: string, partition: number, offset: number): void {
    const key = `${topic}/${partition}`;
    const ends = this.#ends.get(key) ?? [];
    this.#ends.set(key, ends);
    ends.push(offset);
    if (ends.length > this.#options.intervals) ends.shift();
  }

  /**
   * A commit as it is read from the offsets topic. `order` is its place there: left out, it is the latest.
   * Deleted commits are not told to Burrow's rules at all.
   */
  commit(
    now: number,
    group: string,
    topic: string,
    partition: number,
    offset: number,
    at = now,
    order = ++this.#order,
  ): void {
    const key = `${topic}/${partition}`;
    const newestEnd = this.#ends.get(key)?.at(-1);
    // Dropped while the topic is not known yet.
    if (newestEnd === undefined || now - at > this.#options.expireGroupMs) return;
    const partitions = this.#groups.get(group) ?? new Map<string, (WindowCommit | null)[]>();
    this.#groups.set(group, partitions);
    const window = partitions.get(key) ?? new Array<WindowCommit | null>(this.#options.intervals).fill(null);
    partitions.set(key, window);
    const last = window.at(-1) ?? null;
    if (last !== null && order < last.order) {
      insertLate(window, { offset, at, order, lag: null });
      return;
    }
    const lag = Math.max(0, newestEnd - offset);
    if (last !== null && at - last.at < this.#options.minDistanceMs) {
      window[window.length - 1] = { offset, at: last.at, order, lag };
      return;
    }
    window.shift();
    window.push({ offset, at, order, lag });
  }

  /** The group's worst partition; anything worse than ERR counts as ERR. */
  groupStatus(now: number, group: string): { readonly status: BurrowStatus; readonly worst: BurrowStatus } {
    const partitions = this.#groups.get(group);
    if (partitions === undefined) return { status: 'NOTFOUND', worst: 'NOTFOUND' };
    let lastCommitAt = Number.NEGATIVE_INFINITY;
    let worst: BurrowStatus = 'OK';
    for (const [key, commits] of partitions) {
      const newest = commits.at(-1) ?? null;
      lastCommitAt = Math.max(lastCommitAt, newest?.at ?? lastCommitAt);
      const ends = this.#ends.get(key) ?? [];
      const end = ends.at(-1);
      const currentLag = end === undefined || newest === null ? 0 : Math.max(0, end - newest.offset);
      const { status } = evaluateWindow({ commits, ends, currentLag, now }, this.#options);
      if (burrowStatuses[status] > burrowStatuses[worst]) worst = status;
    }
    if (now - lastCommitAt > this.#options.expireGroupMs) {
      this.#groups.delete(group);
      return { status: 'NOTFOUND', worst: 'NOTFOUND' };
    }
    return { status: burrowStatuses[worst] > burrowStatuses.ERR ? 'ERR' : worst, worst };
  }

  get groups(): readonly string[] {
    return [...this.#groups.keys()];
  }
}

/** A commit that was made before others which are known already: put where it belongs, with no lag of its own. */
function insertLate(window: (WindowCommit | null)[], commit: WindowCommit): void {
  const later = window.findIndex((one) => one !== null && one.order > commit.order);
  const before = window[later - 1];
  // Older than a full window.
  if (later === 0) return;
  if (before === null) window[later - 1] = commit;
  else {
    window.shift();
    window.splice(later - 1, 0, commit);
  }
}

/** Burrow's notifier: at each interval, a status of at least `threshold` opens an event and OK closes it. */
export class BurrowNotifier {
  readonly #threshold: number;
  readonly #open = new Set<string>();

  constructor(threshold = 2) {
    this.#threshold = threshold;
  }

  /** What is sent for a group at this interval. */
  notify(group: string, status: BurrowStatus): 'opened' | 'closed' | null {
    const isBad = burrowStatuses[status] >= this.#threshold;
    if (isBad === this.#open.has(group)) return null;
    if (isBad) {
      this.#open.add(group);
      return 'opened';
    }
    this.#open.delete(group);
    return 'closed';
  }
}
