import type { ClusterMemory, GroupMemory } from './memory/cluster-memory.ts';

const hour = 3_600_000;

/** Two groups that lived side by side for longer than a roll-out takes are no versions of each other. */
const overlapMs = hour;

/** A successor that one poll or another could not read is there all the same. */
const lateMs = hour / 2;

const uuid = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}/gi;
/** Seven or more hexadecimal digits, a figure among them: what short commit ids and image digests look like. */
const hash = /(?<![0-9a-z])(?=[0-9a-f]*\d)[0-9a-f]{7,64}(?![0-9a-z])/gi;
const version = /(?<![0-9a-z])(?:v\d+(?:[._-]\d+)*|\d+(?:\.\d+)+|20\d{6,12})(?![0-9a-z])/gi;
const colour = /(?<![0-9a-z])(?:blue|green)(?![0-9a-z])/gi;

/** The group's name with versions, hashes, UUIDs and blue or green put out: what stays the same over a roll-out. */
export function nameStem(group: string): string {
  return group.replace(uuid, '*').replace(hash, '*').replace(version, '*').replace(colour, '*');
}

/**
 * Which groups were taken over by another one: alive on the same topics, under a name that differs in a version, hash or
 * UUID only, and not for long beside the old one. Worked out when it is first asked for.
 */
export function successors({ groups, at }: ClusterMemory): (group: string) => string | null {
  let byStem: Map<string, [string, GroupMemory][]> | null = null;
  return (group) => {
    byStem ??= Map.groupBy(groups, ([name]) => nameStem(name));
    const own = groups.get(group);
    const stem = nameStem(group);
    if (own === undefined || stem === group) return null;
    const ownTopics = new Set(own.keys.topics);
    // Where it had members, they tell better than a commit that was only seen after a gap in polling.
    const lastAlive = own.life.lastMemberAt ?? own.life.lastLifeAt ?? Number.NEGATIVE_INFINITY;
    const successor = (byStem.get(stem) as [string, GroupMemory][]).find(
      ([name, { life, keys }]) =>
        name !== group &&
        life.lastLifeAt !== null &&
        at - life.lastLifeAt <= lateMs &&
        lastAlive < life.lastLifeAt &&
        // One that began long before this one ended was there all along, beside it.
        (own.life.lastLifeAt === null || lastAlive - life.firstLifeAt < overlapMs) &&
        keys.topics.some((topic) => ownTopics.has(topic)),
    );
    return successor?.[0] ?? null;
  };
}
