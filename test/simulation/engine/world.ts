import type { BrokerId, EpochMs } from '../../../shared/domain/offset.ts';
import { Random } from '../random.ts';
import { ConsumerGroup, type GroupPlan } from './consumer-group.ts';
import { Topic, type TopicPlan } from './topic.ts';

const electionMs = [3_000, 20_000] as const;

/** Something that happens at a known time. */
interface Appointment {
  readonly at: EpochMs;
  readonly happen: () => void;
}

/** One simulated cluster: brokers, topics with their producers, groups, and what is going to happen to them. */
export class World {
  now: EpochMs;
  readonly random: Random;
  readonly brokers: readonly BrokerId[] = [1, 2, 3];
  readonly down = new Set<BrokerId>();
  /** Brokers that work and that the monitor cannot reach. */
  readonly hidden = new Set<BrokerId>();
  readonly topics: Topic[] = [];
  readonly groups: ConsumerGroup[] = [];
  #agenda: Appointment[] = [];
  #booksAt: EpochMs;

  constructor(seed: number, now: EpochMs) {
    this.random = new Random(seed);
    this.now = now;
    this.#booksAt = now;
  }

  addTopic(plan: TopicPlan): Topic {
    const topic = new Topic(plan, this.brokers.length, this.now);
    this.topics.push(topic);
    return topic;
  }

  /** A group that has committed up to the end of the topics; `committed` false for one that never commits. */
  addGroup(plan: GroupPlan, topics: readonly Topic[], committed = true): ConsumerGroup {
    const seed = Math.floor(this.random.next() * 2 ** 32);
    const group = new ConsumerGroup(plan, topics, this.now, seed, committed);
    this.groups.push(group);
    return group;
  }

  at(time: EpochMs, happen: () => void): void {
    const index = this.#agenda.findIndex((appointment) => appointment.at > time);
    const appointment = { at: time, happen };
    if (index < 0) this.#agenda.push(appointment);
    else this.#agenda.splice(index, 0, appointment);
  }

  /** Again and again, each time after the wait that `happen` gives back in milliseconds. */
  again(first: EpochMs, happen: () => number | null): void {
    this.at(first, () => {
      const waitMs = happen();
      if (waitMs !== null) this.again(this.now + waitMs, happen);
    });
  }

  /** One step: what is due happens, producers write, then (`written`) groups read and commit. */
  step(stepMs: number, written: () => void = () => {}): void {
    this.now += stepMs;
    while ((this.#agenda[0]?.at ?? Number.POSITIVE_INFINITY) <= this.now) this.#agenda.shift()?.happen();
    for (const topic of this.topics) topic.produce(this.now, stepMs, this.random);
    written();
    for (const group of this.groups) group.step(this.now, stepMs);
    if (this.now >= this.#booksAt) {
      this.#booksAt = this.now + 60_000;
      for (const topic of this.topics) topic.keepBooks(this.now);
    }
  }

  /** A broker goes: its partitions find another leader, or wait for it; its groups another coordinator. */
  stopBroker(broker: BrokerId, leaderlessChance: number): void {
    this.down.add(broker);
    const others = this.brokers.filter((other) => !this.down.has(other));
    const waits = () => this.random.chance(leaderlessChance);
    // Clients notice and elections end within seconds.
    const elect = (happen: () => void) => this.at(this.now + this.random.between(electionMs), happen);
    for (const log of this.topics.flatMap(({ logs }) => logs)) {
      if (log.leader !== broker) continue;
      log.leader = null;
      if (!waits()) elect(() => (log.leader ??= this.random.pick(others)));
    }
    for (const group of this.groups) {
      if (group.coordinator !== broker) continue;
      group.coordinator = null;
      if (!waits()) elect(() => (group.coordinator ??= this.random.pick(others)));
    }
  }

  startBroker(broker: BrokerId): void {
    this.down.delete(broker);
    for (const { logs } of this.topics) {
      for (const log of logs) if (log.home === broker || log.leader === null) log.leader = log.home;
    }
    for (const group of this.groups) {
      if (group.home === broker || group.coordinator === null) group.coordinator = group.home;
    }
  }
}
