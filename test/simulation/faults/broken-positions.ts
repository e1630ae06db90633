import type { Cursor } from '../engine/cursor.ts';
import { ranges } from '../ranges.ts';
import { anyCursor, type BegunFault, type Victim } from './begun-fault.ts';

const { faults } = ranges;

/** A reader that finds its position gone and was told not to choose another. */
function stopAtBadPositions({ group }: Victim): void {
  group.habits = { ...group.habits, onOutOfRange: 'none', recommits: true };
}

function moveOn({ group, world }: Victim, position: (cursor: Cursor) => number): void {
  for (const cursor of group.cursors) {
    const { start, end } = cursor.log;
    if (cursor.position > end || cursor.position < start)
      group.commitFor(cursor, position(cursor), world.now);
  }
}

/** DeleteRecords takes what a slow reader has not read yet. */
export function recordsDeleted(victim: Victim): BegunFault {
  const { world, group, random } = victim;
  const cursor = anyCursor(victim);
  stopAtBadPositions(victim);
  const paceBefore = group.pace;
  group.pace = 0.05;
  let lost: number | null = null;
  const tryDeleting = (): number | null => {
    const { log, committed } = cursor;
    // Deleting up to a commit that moves a moment later would make the loss a matter of opinion.
    if (committed === null || log.readable - committed < 10) return 60_000;
    cursor.position = committed;
    log.deleteBefore(Math.floor(committed + (log.readable - committed) * random.between([0.3, 0.9])));
    lost = log.start - committed;
    return null;
  };
  world.again(world.now + random.between(faults.deletedAfterMs), tryDeleting);
  return {
    struck: [cursor],
    expected: ['data-lost'],
    isKnown: () => lost !== null && (cursor.committed ?? 0) < cursor.log.start,
    withinMs: 0,
    lost: () => lost ?? 0,
    mend: () => {
      group.pace = paceBefore;
      moveOn(victim, ({ log }) => log.start);
    },
  };
}

/** Somebody shortens the retention to minutes while the readers are slow: what they want next is gone each time. */
export function retentionOvertakes({ group, topic, random }: Victim): BegunFault {
  const before = topic.retentionMs;
  group.pace = 0.1 / faults.headroom[1];
  topic.retentionMs = random.between(faults.overtakenAfterMs);
  // Otherwise the next commit would hide each loss before it is polled.
  group.habits = { ...group.habits, commitEveryMs: random.between(faults.overtakenCommitMs) };
  return {
    struck: group.cursors,
    expected: ['data-lost'],
    isKnown: () => group.cursors.some(({ committed, log }) => committed !== null && committed < log.start),
    // What is seen below the start at one poll may have jumped on by the next.
    withinMs: 3 * 60_000,
    mend: () => {
      group.pace = 1;
      topic.retentionMs = before;
    },
  };
}

/** Deleted and made anew under a reader that lives on and commits where it stood. */
export function topicRecreated(victim: Victim): BegunFault {
  const { world, group, topic, random } = victim;
  stopAtBadPositions(victim);
  topic.delete();
  // Kafka drops the commits of a topic that is deleted.
  for (const cursor of group.cursors) cursor.committed = null;
  world.at(world.now + random.between(faults.topicMissingMs), () => topic.recreate(world.now));
  return {
    struck: group.cursors,
    expected: ['recreated'],
    isKnown: () => topic.id !== null && group.cursors.some(({ committed }) => committed !== null),
    withinMs: 0,
    mend: () => moveOn(victim, () => 0),
  };
}

/** An unclean election: the new leader lacks the last hours. */
export function logTruncated(victim: Victim): BegunFault {
  const cursor = anyCursor(victim);
  stopAtBadPositions(victim);
  const { log } = cursor;
  log.truncateTo(Math.floor(log.end * 0.5));
  return {
    struck: [cursor],
    expected: ['beyond-end'],
    isKnown: () => (cursor.committed ?? 0) > log.end,
    withinMs: 60_000,
    mend: () => moveOn(victim, () => log.end),
  };
}

/** A reset went wrong: the group stands where no record is yet. */
export function committedBeyond(victim: Victim): BegunFault {
  const { world, group, random } = victim;
  const members = group.readers.length;
  const comeBack = random.chance(0.5);
  stopAtBadPositions(victim);
  group.leaveAll(world.now);
  world.at(world.now + 20_000, () => {
    for (const cursor of group.cursors) group.commitFor(cursor, cursor.log.end + faults.firstEnd, world.now);
    if (comeBack) group.join(members, world.now);
  });
  return {
    struck: group.cursors,
    expected: ['beyond-end'],
    isKnown: () => group.cursors.every(({ committed, log }) => (committed ?? 0) > log.end),
    withinMs: 60_000,
    mend: () => {
      moveOn(victim, ({ log }) => log.end);
      if (!comeBack) group.join(members, world.now);
    },
  };
}

/** A reset threw the group far back; it begins to read all of it again. */
export function resetBack({ world, group, random }: Victim): BegunFault {
  const members = group.readers.length;
  const backMs = random.between(faults.rewindMs);
  let isBack = false;
  group.leaveAll(world.now);
  world.at(world.now + 20_000, () => {
    for (const cursor of group.cursors) {
      const { start, dates } = cursor.log;
      group.commitFor(cursor, Math.max(start, dates.endAt(world.now - backMs)), world.now);
    }
    isBack = true;
    group.join(members, world.now);
  });
  return {
    struck: group.cursors,
    expected: ['rewound'],
    isKnown: () => isBack,
    withinMs: 0,
    mend: () => {},
  };
}
