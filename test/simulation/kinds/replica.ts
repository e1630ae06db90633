import { ranges } from '../ranges.ts';
import type { Archetype } from '../scenario.ts';
import { stageGroup, stageTopic } from './staging.ts';
import { ordinaryDay } from './steady.ts';

/**
 * On the target of a replication: no members, and once a minute the commits jump to where the source group stood,
 * translated a little too low, as the replicator only keeps some pairs of offsets.
 */
export const replica: Archetype = (world, random) => {
  const { syncEveryMs, behindRecords, sourceCommitMs } = ranges.replica;
  const topic = stageTopic(world, random);
  const group = stageGroup(world, random, topic, { type: 'classic' });
  const behind = random.whole(behindRecords);
  const sourceLagMs = random.between(sourceCommitMs);
  world.again(world.now + random.between([0, 60_000]), () => {
    for (const cursor of group.cursors) {
      const goal = Math.floor(cursor.log.dates.endAt(world.now - sourceLagMs)) - random.whole([0, behind]);
      if (goal > cursor.position) group.commitFor(cursor, goal, world.now);
    }
    return random.between(syncEveryMs);
  });
  return { ...ordinaryDay(random, group, topic), role: 'replica' };
};
