import { anyCursor, type BegunFault, busiestReader, recordsWait, type Victim } from './begun-fault.ts';

/** All consumers die at once, and the coordinator has noticed. */
export function consumersKilled({ world, group }: Victim): BegunFault {
  const members = group.readers.length;
  group.leaveAll(world.now, false);
  return {
    struck: group.cursors,
    expected: ['stopped'],
    isKnown: recordsWait(group.cursors),
    mend: () => group.join(members, world.now),
  };
}

/** One member sends heartbeats and does nothing else. */
export function memberHangs(victim: Victim): BegunFault {
  const reader = busiestReader(victim);
  const struck = [...reader.cursors];
  reader.hung = true;
  return {
    struck,
    expected: ['stalled'],
    scope: struck.length === 1 ? 'partition' : 'member',
    isKnown: recordsWait(struck),
    mend: () => {
      reader.hung = false;
    },
  };
}

export function groupHangs({ group }: Victim): BegunFault {
  for (const reader of group.readers) reader.hung = true;
  return {
    struck: group.cursors,
    expected: ['stalled'],
    scope: 'group',
    isKnown: recordsWait(group.cursors),
    mend: () => {
      for (const reader of group.readers) reader.hung = false;
    },
  };
}

/** A record that its reader fails on again and again, while it reads its other partitions. */
export function poisonRecord(victim: Victim): BegunFault {
  const cursor = victim.random.pick(busiestReader(victim).cursors);
  cursor.poison = cursor.position;
  return {
    struck: [cursor],
    expected: ['stalled'],
    scope: 'partition',
    isKnown: () => cursor.committed === cursor.poison && cursor.log.readable > (cursor.committed ?? 0),
    mend: () => {
      cursor.poison = null;
    },
  };
}

/** The same where records are so rare that its owner's other partitions may have none meanwhile. */
export function poisonRareRecord(victim: Victim): BegunFault {
  const { scope: _, ...begun } = poisonRecord(victim);
  return begun;
}

/** An assignor leaves one partition out. */
export function partitionUnassigned(victim: Victim): BegunFault {
  const { group, world } = victim;
  const cursor = anyCursor(victim);
  const leaveOut = (leftOut: boolean) => {
    cursor.leftOut = leftOut;
    group.rebalance(world.now, 10_000);
  };
  leaveOut(true);
  return {
    struck: [cursor],
    expected: ['unowned'],
    isKnown: recordsWait([cursor]),
    mend: () => leaveOut(false),
  };
}

/** A producer died in the middle of a transaction, and nobody ends it. */
export function transactionHangs(victim: Victim): BegunFault {
  const cursor = anyCursor(victim);
  const { log } = cursor;
  log.hangTransaction(victim.random.whole([1, 50]));
  return {
    struck: [cursor],
    // A commit that stops behind the last record stands one marker below the stable offset.
    expected: victim.group.habits.passesMarkers ? ['blocked'] : ['blocked', 'stalled'],
    isKnown: () => (cursor.committed ?? 0) >= log.readable,
    mend: () => log.abortHung(),
  };
}
