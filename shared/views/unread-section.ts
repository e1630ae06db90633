import { formatCount } from '../domain/reason.ts';
import type { Unread } from '../domain/unread.ts';
import { terminalSafe } from './escape.ts';
import { wrap } from './wrap.ts';

/** Lines that the names of one cause may take; the rest is counted, so that the screen is not flooded. */
const linesPerCause = 12;

/** What could not be read, as text: what shares a cause is gathered under it. */
export interface UnreadCauseText {
  /** What and where: `unreachable: 7 partitions: shipments (0–3, 5, 6, 9)`. */
  readonly what: readonly string[];
  readonly detail: readonly string[];
}

const scopes = ['broker', 'group', 'topic', 'partition'] as const;

/** Brokers first, since their failure explains the others. */
export function unreadCauses(unread: readonly Unread[], width: number): UnreadCauseText[] {
  const alike = Map.groupBy(
    unread.toSorted((a, b) => scopes.indexOf(a.scope) - scopes.indexOf(b.scope)),
    (part) =>
      JSON.stringify([part.scope, part.scope === 'partition' && part.group, part.reason, part.detail]),
  );
  return [...alike.values()].map((parts) => {
    const [first] = parts as [Unread, ...Unread[]];
    const lines = wrap(terminalSafe(`${first.reason}: ${places(parts)}`), width);
    const hidden = lines.length - linesPerCause;
    return {
      what: hidden > 0 ? [...lines.slice(0, linesPerCause), '… and more; --json names them all'] : lines,
      detail: wrap(terminalSafe(first.detail), width),
    };
  });
}

/** The places of parts that share scope and cause. */
function places(parts: readonly Unread[]): string {
  const names = parts.map(placeOf);
  const [first] = parts as [Unread, ...Unread[]];
  const s = parts.length === 1 ? '' : 's';
  if (first.scope !== 'partition') return `${first.scope}${s} ${names.join(', ')}`;
  const what = first.group === undefined ? `partition${s}` : `commit${s} of ${first.group}`;
  return `${formatCount(parts.length)} ${what}: ${partitionRanges(parts)}`;
}

function placeOf(part: Unread): string {
  switch (part.scope) {
    case 'broker':
      return `${part.broker}`;
    case 'group':
      return part.group;
    case 'topic':
    case 'partition':
      return part.topic;
  }
}

/** `invoices (4), shipments (0–3, 5)`. */
function partitionRanges(parts: readonly Unread[]): string {
  const byTopic = new Map<string, number[]>();
  for (const part of parts) {
    if (part.scope !== 'partition') continue;
    const numbers = byTopic.get(part.topic) ?? [];
    byTopic.set(part.topic, numbers);
    numbers.push(part.partition);
  }
  return [...byTopic].map(([topic, numbers]) => `${topic} (${ranges(numbers)})`).join(', ');
}

function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs
    .map(([from, to]) => (from === to ? `${from}` : to === from + 1 ? `${from}, ${to}` : `${from}–${to}`))
    .join(', ');
}
