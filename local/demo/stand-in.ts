import { FakeCluster } from '../fake-cluster/cluster.ts';
import {
  type ClusterDescription,
  group,
  member,
  type PartitionDescription,
  partition,
  type RecordDescription,
  topic,
} from '../fake-cluster/description.ts';
import type { DescribedPartition } from '../kafka/consumer-group-command.ts';
import type { Workload } from '../workloads/workload.ts';
import { shopWorkloads } from '../workloads.ts';

const brokers = 3;
const movesEveryMs = 500;

/** The shop without a Kafka: its groups as a stand-in pretends them to be, in this process. */
export interface StandIn {
  /** Addresses of all brokers, separated by commas. */
  readonly bootstrap: string;
  /** The shop's workloads, none of which runs: what they expect is what was described. */
  readonly workloads: readonly Workload[];
  /** What is described of every partition that a group has committed on or owns. */
  described(): DescribedPartition[];
  /** Lets the groups move that are said to move. */
  startMoving(): void;
  stop(): Promise<void>;
}

/** The one line that says what is shown in place of a Kafka; `missing` names what to install. */
export function standInNotice(missing: string): string {
  return `NO REAL KAFKA: ${missing}, and run the demo again. What follows comes from a stand-in in this process that speaks Kafka's protocol and pretends to be the shop`;
}

/** One group, as its workload leaves it behind. */
interface Pretence {
  /** Offsets of each partition of its topic. */
  readonly log: Partial<PartitionDescription>;
  /** Its commit on each partition; null for none. */
  readonly committed: bigint | null;
  readonly members?: number;
  readonly type?: 'Consumer' | 'Share';
}

const pretences: Readonly<Record<string, Pretence>> = {
  'payments-settlement': { log: { end: 40n }, committed: 40n, members: 2 },
  'orders-indexer': { log: { end: 60n }, committed: 15n, members: 1 },
  'invoices-archive': { log: { end: 100n }, committed: 40n },
  'clickstream-sessions': { log: { start: 180n, end: 300n }, committed: 50n, members: 1 },
  'fraud-scoring': { log: { stable: 30n, end: 55n }, committed: 30n, members: 1 },
  'shipping-notifications': { log: { end: 25n }, committed: 25n, members: 1, type: 'Consumer' },
  'returns-analytics': { log: { end: 20n }, committed: null, members: 1 },
  'email-delivery': { log: { end: 12n }, committed: null, members: 1, type: 'Share' },
};

/** Starts the stand-in, with every group of the shop in the state of its story. */
export async function startStandIn(): Promise<StandIn> {
  const cluster = await FakeCluster.start(brokers);
  // Nothing moves before it is told to.
  const workloads = shopWorkloads({ version: '4.3' }).map((workload) => ({ ...workload, quiet: true }));
  for (const [at, workload] of workloads.entries())
    describe(cluster.description, workload, 1 + (at % brokers));
  let moving: NodeJS.Timeout | undefined;
  return {
    bootstrap: cluster.addresses.map(({ host, port }) => `${host}:${port}`).join(','),
    workloads,
    described: () => describedPartitions(cluster.description),
    startMoving: () => {
      moving = setInterval(() => move(cluster.description), movesEveryMs);
    },
    stop: async () => {
      clearInterval(moving);
      await cluster.stop();
    },
  };
}

function describe({ topics, groups }: ClusterDescription, workload: Workload, coordinator: number): void {
  const pretence = pretences[workload.group];
  if (pretence === undefined)
    throw new Error(`the stand-in does not know ${workload.group}: add it to pretences`);
  const { log, committed, members = 0, type = 'Classic' } = pretence;
  const numbers = Array.from({ length: workload.partitions }, (_, number) => number);
  topics.set(
    workload.topic,
    topic(numbers.map((number) => partition(1 + (number % brokers), { ...log, records: recordsOf(log) }))),
  );
  const ofTopic = new Map(
    committed === null ? [] : numbers.map((number) => [number, { committed, error: 0 }]),
  );
  groups.set(
    workload.group,
    group(coordinator, {
      type,
      state: members > 0 ? 'Stable' : 'Empty',
      commits: new Map([[workload.topic, ofTopic]]),
      members: Array.from({ length: members }, (_, i) =>
        member(`${workload.group}-${i + 1}-0c5d`, {
          clientId: `${workload.group}-${i + 1}`,
          host: '/127.0.0.1',
          subscribed: [workload.topic],
          assigned: new Map([[workload.topic, numbers.filter((number) => number % members === i)]]),
        }),
      ),
    }),
  );
}

/** One record a second, the latest just now. */
function recordsOf({ start = 0n, end = 0n }: Pretence['log']): RecordDescription[] {
  const now = BigInt(Date.now());
  return Array.from({ length: Number(end - start) }, (_, i) => {
    const offset = start + BigInt(i);
    return { offset, timestamp: now - 1000n * (end - offset) };
  });
}

/** One group keeps up with what comes, another falls behind. */
function move({ topics, groups }: ClusterDescription): void {
  for (const [name, produced, processed] of [
    ['payments-settlement', 2n, 2n],
    ['orders-indexer', 4n, 1n],
  ] as const) {
    for (const [topicName, offsets] of groups.get(name)?.commits ?? []) {
      for (const log of topics.get(topicName)?.partitions ?? []) {
        const timestamp = BigInt(Date.now());
        const added = Array.from({ length: Number(produced) }, (_, i) => ({
          offset: log.end + BigInt(i),
          timestamp,
        }));
        log.records = [...(log.records ?? []), ...added];
        log.end += produced;
        log.stable += produced;
      }
      for (const one of offsets.values()) one.committed += processed;
    }
  }
}

function describedPartitions({ topics, groups }: ClusterDescription): DescribedPartition[] {
  return [...groups]
    .filter(([, { type }]) => type !== 'Share')
    .flatMap(([name, { commits, members }]) =>
      [...commits].flatMap(([topicName, offsets]) =>
        (topics.get(topicName)?.partitions ?? []).flatMap(({ end }, number) => {
          const owner = members.find(({ assigned }) => assigned.get(topicName)?.includes(number));
          const committed = offsets.get(number)?.committed ?? null;
          if (owner === undefined && committed === null) return [];
          return [
            {
              ...{ group: name, topic: topicName, partition: number, committed, end },
              lag: committed === null ? null : end - committed,
              consumerId: owner?.id ?? null,
              host: owner?.host ?? null,
              clientId: owner?.clientId ?? null,
            },
          ];
        }),
      ),
    );
}
