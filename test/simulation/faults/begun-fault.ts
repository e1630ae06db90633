import type { StallScope } from '../../../shared/domain/judgement.ts';
import type { Severity } from '../../../shared/domain/severity.ts';
import type { Verdict } from '../../../shared/domain/verdict-names.ts';
import type { ConsumerGroup } from '../engine/consumer-group.ts';
import type { Cursor, Reader } from '../engine/cursor.ts';
import type { Topic } from '../engine/topic.ts';
import type { World } from '../engine/world.ts';
import type { Random } from '../random.ts';

/** Whom a fault befalls. */
export interface Victim {
  readonly world: World;
  readonly random: Random;
  readonly group: ConsumerGroup;
  readonly topic: Topic;
}

/** A fault that has just begun, and how it ends. */
export interface BegunFault {
  readonly struck: readonly Cursor[];
  readonly expected: readonly Verdict[];
  readonly scope?: StallScope;
  /** The least that it has to be announced as. */
  readonly leastSeverity?: Severity;
  /** Asked from now on, after each step, until it says yes: what shows the fault is there to be seen. */
  readonly isKnown: () => boolean;
  /** How long after that it may take; without it, as long as such a group's silence may be innocent. */
  readonly withinMs?: number;
  /** Asked once it is known. */
  readonly lost?: () => number;
  /** How long it lasts, where that is not left to chance. */
  readonly lastsMs?: number;
  readonly mend: () => void;
}

/** Records wait that a reader could have. */
export function recordsWait(cursors: readonly Cursor[]): () => boolean {
  return () => cursors.some(({ committed, log }) => committed !== null && log.readable > committed);
}

/** A member with more than one partition, where there is one: its trouble can be told from a partition's. */
export function busiestReader({ group }: Victim): Reader {
  const [busiest] = group.readers.toSorted((a, b) => b.cursors.length - a.cursors.length);
  if (busiest === undefined) throw new Error(`nobody reads for ${group.name}`);
  return busiest;
}

export function anyCursor({ group, random }: Victim): Cursor {
  return random.pick(group.cursors);
}
