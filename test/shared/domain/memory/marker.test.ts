import { expect, test } from 'vitest';
import type { TopicLife } from '../../../../shared/domain/memory/group-life.ts';
import type { LogTrack, TopicLog } from '../../../../shared/domain/memory/log-memory.ts';
import { isOnlyMarker } from '../../../../shared/domain/memory/marker.ts';

const rests = { lag: 1n, stable: 10n, end: 10n };
const still = { flatPolls: 1 } as LogTrack;
const transactional = { transactional: true } as TopicLog;
const plain = { transactional: false } as TopicLog;
const life = (restsAtOne: number, reachesEnd: boolean) => ({ restsAtOne, reachesEnd }) as TopicLife;

test.each([
  ['one offset, and transactions were seen', rests, still, transactional, undefined, true],
  ['two offsets', { ...rests, lag: 2n }, still, transactional, undefined, false],
  ['the end has just moved', rests, { flatPolls: 0 } as LogTrack, transactional, undefined, false],
  ['a transaction is open', { ...rests, stable: 9n }, still, transactional, undefined, false],
  ['stable was not read', { ...rests, stable: null }, still, transactional, undefined, false],
  ['no transaction was seen', rests, still, plain, undefined, false],
  ['nothing is known of the topic', rests, still, undefined, undefined, false],
  ['the group rested so before', rests, still, plain, life(2, false), true],
  ['it did so once', rests, still, plain, life(1, false), false],
  ['it does reach the end', rests, still, plain, life(2, true), false],
])('%s', (_, offsets, track, log, topicLife, only) => {
  expect(isOnlyMarker(offsets, track, log, topicLife)).toBe(only);
});
