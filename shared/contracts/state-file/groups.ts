import type { GroupMemory, PartitionKeys } from '../../domain/memory/cluster-memory.ts';
import type { TopicLife } from '../../domain/memory/group-life.ts';
import { type Names, nameOf } from './names.ts';
import type { StoredState } from './stored-state.ts';

export function storedGroup(
  name: string,
  { life, base, keys }: GroupMemory,
  names: Names,
): StoredState['groups'][number] {
  const { topics, lags, losses, ...rest } = life;
  return {
    name,
    base,
    runs: storedKeys(keys, names),
    life: rest,
    topics: [...topics].map(
      ([topic, { firstProgressAt, lastProgressAt, gap, leastHeldMs, restsAtOne, reachesEnd }]) => ({
        topic: names.of(topic),
        first: firstProgressAt,
        last: lastProgressAt,
        gap: [gap.span, ...gap.widestMs] as [number, number, number, number],
        held: leastHeldMs,
        rests: restsAtOne,
        end: reachesEnd,
      }),
    ),
    lags: lags.flatMap(({ at, lag }) => [at, lag]),
    losses: losses.map((loss) => ({ ...loss })),
  };
}

/** Runs of partitions that follow each other: topic, first partition, how many. */
function storedKeys({ topics, partitions }: PartitionKeys, names: Names): number[] {
  const runs: number[] = [];
  for (let i = 0; i < topics.length; i++) {
    const partition = partitions[i] as number;
    const follows = i > 0 && topics[i] === topics[i - 1] && partition === (partitions[i - 1] as number) + 1;
    if (follows) runs[runs.length - 1] = (runs.at(-1) as number) + 1;
    else runs.push(names.of(topics[i] as string), partition, 1);
  }
  return runs;
}

/** @throws StateFileError for a topic that has no name */
export function readGroup(group: StoredState['groups'][number], names: readonly string[]): GroupMemory {
  const topics = new Map(
    group.topics.map(
      ({ topic, first, last, gap: [span, a, b, c], held, rests, end }): [string, TopicLife] => [
        nameOf(names, topic),
        {
          firstProgressAt: first,
          lastProgressAt: last,
          gap: { span, widestMs: [a, b, c] },
          leastHeldMs: held,
          restsAtOne: rests,
          reachesEnd: end,
        },
      ],
    ),
  );
  const lags: { at: number; lag: bigint }[] = [];
  for (let i = 0; i + 1 < group.lags.length; i += 2) {
    lags.push({ at: Number(group.lags[i]), lag: BigInt(group.lags[i + 1] as bigint) });
  }
  const life = { ...group.life, topics, lags, losses: group.losses };
  return { life, base: group.base, keys: readKeys(group.runs, names) };
}

/** How many group-partitions the runs stand for. */
export function rowsOf(runs: readonly number[]): number {
  let rows = 0;
  for (let i = 2; i < runs.length; i += 3) rows += Math.max(0, runs[i] as number);
  return rows;
}

function readKeys(runs: readonly number[], names: readonly string[]): PartitionKeys {
  const topics: string[] = [];
  const partitions: number[] = [];
  for (let i = 0; i + 2 < runs.length; i += 3) {
    const topic = nameOf(names, runs[i] as number);
    for (let p = 0; p < (runs[i + 2] as number); p++) {
      topics.push(topic);
      partitions.push((runs[i + 1] as number) + p);
    }
  }
  return { topics, partitions };
}
