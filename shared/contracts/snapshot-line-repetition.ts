import type { SnapshotLine } from './snapshot-line.ts';
import { fieldPath } from './value-in-fault.ts';

/** Where a line names something a second time, which would otherwise replace the first; `null` where nothing is. */
export function repetition({ topics, groups }: SnapshotLine): string | null {
  return (
    firstRepeated(
      ['topics'],
      'name',
      topics,
      ({ name }) => name,
      (name) => `topic ${JSON.stringify(name)}`,
    ) ??
    firstOf(topics, ({ partitions }, i) =>
      firstRepeated(
        ['topics', i, 'partitions'],
        'partition',
        partitions,
        ({ partition }) => partition,
        (partition) => `partition ${partition}`,
      ),
    ) ??
    firstRepeated(
      ['groups'],
      'group',
      groups,
      ({ group }) => group,
      (group) => `group ${JSON.stringify(group)}`,
    ) ??
    firstOf(groups, ({ commits }, i) => repeatedCommit(['groups', i, 'commits'], commits))
  );
}

function firstOf<Item>(
  items: readonly Item[],
  look: (item: Item, i: number) => string | null,
): string | null {
  for (const [i, item] of items.entries()) {
    const found = look(item, i);
    if (found !== null) return found;
  }
  return null;
}

function firstRepeated<Item, Key>(
  path: readonly PropertyKey[],
  field: string,
  items: readonly Item[],
  keyOf: (item: Item) => Key,
  named: (key: Key) => string,
): string | null {
  const seen = new Set<Key>();
  for (const [i, item] of items.entries()) {
    const key = keyOf(item);
    if (seen.has(key)) return `${fieldPath([...path, i, field])}: ${named(key)} stands here a second time`;
    seen.add(key);
  }
  return null;
}

function repeatedCommit(
  path: readonly PropertyKey[],
  commits: SnapshotLine['groups'][number]['commits'],
): string | null {
  const seen = new Map<string, Set<number>>();
  for (const [i, { topic, partition }] of commits.entries()) {
    const ofTopic = seen.get(topic) ?? new Set<number>();
    seen.set(topic, ofTopic);
    if (ofTopic.has(partition)) {
      const named = `the commit on partition ${partition} of topic ${JSON.stringify(topic)}`;
      return `${fieldPath([...path, i])}: ${named} stands here a second time`;
    }
    ofTopic.add(partition);
  }
  return null;
}
