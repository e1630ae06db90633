import { ranges } from '../ranges.ts';
import type { Archetype } from '../scenario.ts';
import { stageGroup, stageTopic } from './staging.ts';
import { ordinaryDay } from './steady.ts';

/** Left behind long before anybody watched: old commits, perhaps below the start by now, and nobody who misses it. */
export const longDead: Archetype = (world, random) => {
  const { deadForMs, retentionMs } = ranges.longDead;
  const topic = stageTopic(world, random, { retentionMs: random.size(retentionMs) });
  const group = stageGroup(world, random, topic, { type: 'classic' });
  const died = world.now - random.between(deadForMs);
  for (const cursor of group.cursors) {
    const { start, dates } = cursor.log;
    const written = dates.endAt(world.now) - start;
    // What was written before the oldest record that is left, at the rate that is known.
    const unknownShare = Math.max(0, world.now - (topic.retentionMs ?? 0) - died) / (topic.retentionMs ?? 1);
    cursor.committed = Math.max(0, Math.floor(dates.endAt(died) - unknownShare * written));
    cursor.position = cursor.committed;
  }
  return ordinaryDay(random, group, topic);
};
