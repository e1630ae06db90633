import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaCluster } from '../../local/kafka/cluster.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { type EvaluationRules, evaluate, isNews, type MonitorState } from '../../shared/domain/evaluate.ts';
import type { GroupFinding, PartitionFinding } from '../../shared/domain/finding.ts';
import { compilePolicies, type PolicySettings } from '../../shared/domain/policy.ts';
import { measure } from '../../shared/domain/reading.ts';
import { everything } from '../../shared/domain/selector.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import type { Suspect } from '../../shared/domain/suspects.ts';
import type { Transition } from '../../shared/domain/transition.ts';
import { dateSuspects } from '../../shared/usecases/date-suspects.ts';
import { rememberConfigs } from '../../shared/usecases/remember-configs.ts';
import { freshReader, poll } from './poll.ts';

/** Polls stand so far apart, unless a watch says otherwise. */
export const stepMs = 1000;

export interface WatchOptions {
  /** The groups to look at; each test watches its own. */
  readonly groups: readonly string[];
  /** Promises of a few seconds, in place of the minutes that nobody has here. */
  readonly policy: PolicySettings;
  /** @default stepMs */
  readonly everyMs?: number;
  /** Asks for the timestamp of every oldest waiting record on these topics. Of none when absent. */
  readonly datedTopics?: readonly string[];
}

/** One poll, judged with the memory of those before. */
export interface Watched {
  readonly snapshot: Snapshot;
  readonly findings: ReadonlyMap<string, GroupFinding>;
  readonly transitions: readonly Transition[];
  /** Time the poll took, dating included. */
  readonly tookMs: number;
}

/** A monitor at work: polls a real cluster, again and again, and judges what it sees. Dispose of it to end. */
export class Watch implements AsyncDisposable {
  readonly polls: Watched[] = [];
  readonly #cluster: KafkaCluster;
  readonly #options: WatchOptions;
  readonly #rules: EvaluationRules;
  readonly #running: Promise<void>;
  #isStopped = false;
  #fault: unknown = null;
  #next = Promise.withResolvers<void>();
  #held = Promise.withResolvers<void>();

  constructor(cluster: KafkaCluster, options: WatchOptions) {
    this.#cluster = cluster;
    this.#options = options;
    const policyOf = compilePolicies([{ match: everything, settings: options.policy }]);
    this.#rules = {
      policyFor: (subject) => policyOf({ cluster: 'test', ...subject }),
      mutes: [],
      maintenance: null,
    };
    this.goOn();
    this.#running = this.#run().catch((error: unknown) => {
      this.#fault = error;
      this.#next.resolve();
    });
  }

  /** All that was told so far of the groups' incidents, oldest first. */
  get transitions(): Transition[] {
    return this.polls.flatMap(({ transitions }) => transitions);
  }

  /** Kind and severity of each transition so far, such as `opened critical`. */
  get story(): string[] {
    return this.transitions.map(({ kind, severity }) => `${kind} ${severity}`);
  }

  /**
   * What is looked for in the latest poll and in each that follows, until it is there; `undefined` and `false` mean not
   * yet.
   *
   * @throws Error naming what was waited for, with the latest findings, after `withinMs`
   */
  async until<Seen>(
    what: string,
    withinMs: number,
    look: (watched: Watched) => Seen | undefined | false,
  ): Promise<Exclude<Seen, undefined | false>> {
    const deadline = performance.now() + withinMs;
    for (let at = Math.max(0, this.polls.length - 1); ; at++) {
      while (this.polls[at] === undefined) await this.#anotherPoll(what, withinMs, deadline);
      const seen = look(this.polls[at] as Watched);
      if (seen !== undefined && seen !== false) return seen as Exclude<Seen, undefined | false>;
    }
  }

  /** The transition of this kind, once it has come. */
  untilTold(kind: Transition['kind'], withinMs: number): Promise<Transition> {
    return this.until(`an incident that is ${kind}`, withinMs, () =>
      this.transitions.find((transition) => transition.kind === kind),
    );
  }

  /** Every partition of the group has an owner, and was seen to move. */
  async untilAtWork(group: string, partitions: number, withinMs: number): Promise<void> {
    const first = new Map<number, bigint>();
    const moved = new Set<number>();
    await this.until(`all of ${group} moves`, withinMs, ({ findings }) => {
      const all = findings.get(group)?.partitions ?? [];
      for (const { reading } of all) {
        const { partition, committed } = reading;
        if (committed === null) continue;
        const before = first.get(partition);
        if (before === undefined) first.set(partition, committed);
        else if (committed > before) moved.add(partition);
      }
      return moved.size === partitions && all.every(({ reading }) => reading.owner !== null);
    });
  }

  /** No poll begins until `goOn`. */
  hold(): void {
    this.#held = Promise.withResolvers<void>();
  }

  goOn(): void {
    this.#held.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.goOn();
    await this.#running;
  }

  async #anotherPoll(what: string, withinMs: number, deadline: number): Promise<void> {
    const leftMs = deadline - performance.now();
    const late = new AbortController();
    const next = this.#next.promise;
    if (leftMs > 0) {
      await Promise.race([next, delay(leftMs, undefined, { signal: late.signal }).catch(() => {})]);
      late.abort();
    }
    if (this.#fault !== null) throw new Error(`no more polls while waiting: ${what}`, { cause: this.#fault });
    if (deadline <= performance.now())
      throw new Error(`not within ${withinMs} ms: ${what}\n${this.polls.slice(-3).map(lineOf).join('\n')}`);
  }

  async #run(): Promise<void> {
    const { groups, everyMs = stepMs, datedTopics = [] } = this.#options;
    const reader = freshReader(this.#cluster.bootstrap);
    const addConfigs = rememberConfigs(reader, systemClock);
    const watchesGroup = (group: string) => groups.includes(group);
    let state: MonitorState | null = null;
    try {
      while (!this.#isStopped) {
        const startedAt = performance.now();
        const signal = AbortSignal.timeout(30_000);
        let { snapshot } = await addConfigs(await poll(reader, { watchesGroup }), signal);
        const suspects = suspectsOf(snapshot, datedTopics);
        if (suspects.length > 0)
          ({ snapshot } = await dateSuspects(reader, snapshot, suspects, systemClock, signal));
        const tookMs = performance.now() - startedAt;
        if (isNews(state, snapshot)) {
          const { state: after, findings, transitions } = evaluate(state, snapshot, this.#rules);
          state = after;
          const byGroup = new Map(findings.map((finding) => [finding.snapshot.group, finding]));
          this.polls.push({ snapshot, findings: byGroup, transitions, tookMs });
          this.#next.resolve();
          this.#next = Promise.withResolvers<void>();
        }
        await delay(Math.max(0, everyMs - (performance.now() - startedAt)));
        await this.#held.promise;
      }
    } finally {
      reader.close();
    }
  }
}

function suspectsOf(snapshot: Snapshot, topics: readonly string[]): Suspect[] {
  return measure(snapshot).flatMap(({ partitions }) =>
    partitions.flatMap(({ topic, partition, committed, lag }) =>
      topics.includes(topic) && committed !== null && typeof lag === 'bigint' && lag > 0n
        ? [{ topic, partition, offset: committed }]
        : [],
    ),
  );
}

/** One partition's finding in a poll; `null` where the poll does not tell of it. */
export function partitionIn(
  { findings }: Watched,
  group: string,
  partition: number,
  topic?: string,
): PartitionFinding | null {
  const all = findings.get(group)?.partitions ?? [];
  return (
    all.find(
      ({ reading }) => reading.partition === partition && (topic === undefined || reading.topic === topic),
    ) ?? null
  );
}

function lineOf({ snapshot, findings }: Watched): string {
  const groups = [...findings.values()].map(({ snapshot: { group, state }, partitions, verdict }) => {
    const each = partitions.map(
      ({ reading, verdict: own, severity, evidence }) =>
        `${reading.topic}-${reading.partition} ${own} ${severity} at ${reading.committed} of ${reading.start}..${reading.stable}..${reading.end} silent ${'silentMs' in evidence ? evidence.silentMs : '-'}`,
    );
    return `${group} (${state}): ${verdict}; ${each.join('; ')}`;
  });
  return `  ${new Date(snapshot.at).toISOString()} ${groups.join(' | ')}`;
}
