import type { GroupFinding, PartitionFinding } from '../finding.ts';
import { isAtLeast } from '../severity.ts';
import type { Breadth, Scope } from '../transition.ts';

/** Topics that are told apart; with more than that in trouble, another one is no news. */
const mostTopics = 20;

const narrowFirst: readonly Breadth[] = ['partition', 'member', 'group', 'cluster'];

/** How far the trouble of a group at `warning` or worse reaches. Unread partitions count only where they decide. */
export function scopeOf(finding: GroupFinding): Scope {
  const trouble = finding.partitions.filter(
    ({ severity, verdict }) =>
      isAtLeast(severity, 'warning') && (verdict !== 'unknown' || finding.verdict === 'unknown'),
  );
  const topics = [...new Set(trouble.map(({ reading }) => reading.topic))].sort();
  return { breadth: breadthOf(trouble, finding.partitions.length), topics: topics.slice(0, mostTopics) };
}

function breadthOf(trouble: readonly PartitionFinding[], partitions: number): Breadth {
  // No partition at all: the group as a whole is in trouble.
  if (trouble.length === 0) return 'group';
  const widest = widestOf(trouble.map(ownBreadth));
  if (widest === 'group' || (trouble.length === partitions && partitions > 1)) return 'group';
  return trouble.length > 1 ? 'member' : widest;
}

/** What one partition's verdict says of the rest. */
function ownBreadth(finding: PartitionFinding): Breadth {
  switch (finding.verdict) {
    case 'stalled':
      return finding.evidence.scope;
    // Of a group without members, or of one that never settles, no part is sound.
    case 'stopped':
    case 'rebalancing':
      return 'group';
    default:
      return 'partition';
  }
}

function widestOf(breadths: readonly Breadth[]): Breadth {
  return breadths.reduce((a, b) => (rank(b) > rank(a) ? b : a));
}

function rank(breadth: Breadth): number {
  return narrowFirst.indexOf(breadth);
}

/** Whether `now` reaches further than what was told: a larger part of the group, or another topic. */
export function isWider(now: Scope, told: Scope): boolean {
  if (rank(now.breadth) > rank(told.breadth)) return true;
  // Nothing that the group reads moves: a topic more is no news. Nor is it after so many.
  if (told.breadth === 'group' || told.topics.length >= mostTopics) return false;
  return now.topics.some((topic) => !told.topics.includes(topic));
}

/** The smallest scope that covers both. */
export function mergeScopes(a: Scope, b: Scope): Scope {
  const topics = [...new Set([...a.topics, ...b.topics])].sort();
  return { breadth: widestOf([a.breadth, b.breadth]), topics: topics.slice(0, mostTopics) };
}
