import { describe, expect, test } from 'vitest';
import { everyBrokerRead, unlistedGroups } from '../../../shared/domain/unlisted-groups.ts';
import type { Unread } from '../../../shared/domain/unread.ts';
import { outcome, snapshotsOf } from '../../support/scenario.ts';
import { silence } from '../../support/snapshot-notation.ts';

const broker = (id: number): Unread => ({ scope: 'broker', broker: id, ...silence });
const commitsPartition: Unread = {
  scope: 'partition',
  topic: '__consumer_offsets',
  partition: 7,
  reason: 'leaderless',
  detail: 'no leader',
};
const logPartition: Unread = { ...commitsPartition, topic: 'orders' };

/** Which groups are held to be unread after a poll that listed none, and why. */
function unlistedAfter(scenario: string, unread: readonly Unread[]): Record<string, string | undefined> {
  const { memory, snapshot } = outcome(scenario);
  const next = { ...snapshot, groups: [], unread };
  return Object.fromEntries(
    unlistedGroups(memory, next).map((one) => [one.snapshot.group, one.unread?.detail]),
  );
}

const one = 'orders-0  end: 10  committed: 4  owner: a';

describe('a known group that nobody lists', () => {
  test.each<[string, readonly Unread[], Record<string, string>]>([
    ['is gone where every broker answered', [], {}],
    ['is gone where only a log was not read', [logPartition], {}],
    [
      'is unread where its coordinator was',
      [broker(1)],
      { billing: `nobody listed it; its coordinator was 1: ${silence.detail}` },
    ],
    ['is gone where a log and another broker were', [logPartition, broker(2)], {}],
    ['is gone where another broker was unread: its own would have listed it', [broker(2)], {}],
    [
      'is unread where a partition that holds commits has no leader',
      [commitsPartition],
      { billing: 'nobody listed it; its coordinator was 1: no leader' },
    ],
    [
      'of two reasons its coordinator is the nearer',
      [commitsPartition, broker(1)],
      { billing: `nobody listed it; its coordinator was 1: ${silence.detail}` },
    ],
  ])('%s', (_, unread, unlisted) => {
    expect(unlistedAfter(one, unread)).toEqual(unlisted);
  });

  test('is unread with any partition of commits, where its coordinator was never told', () => {
    const { memory, snapshot } = outcome(one);
    const group = memory.groups.get('billing') as NonNullable<ReturnType<typeof memory.groups.get>>;
    const untold = {
      ...memory,
      groups: new Map([['billing', { ...group, life: { ...group.life, coordinator: null } }]]),
    };
    const next = (unread: readonly Unread[]) => ({ ...snapshot, groups: [], unread });
    expect(unlistedGroups(untold, next([broker(1)]))).toEqual([]);
    expect(unlistedGroups(untold, next([commitsPartition]))[0]?.unread?.detail).toBe(
      'nobody listed it; no leader',
    );
  });

  test('is not made up for one that is listed', () => {
    const { memory, snapshot } = outcome(one);
    expect(unlistedGroups(memory, { ...snapshot, unread: [broker(1)] })).toEqual([]);
  });

  test('keeps its type and has no partitions: nothing is known of these', () => {
    const { memory, snapshot } = outcome(one);
    expect(unlistedGroups(memory, { ...snapshot, groups: [], unread: [broker(1)] })).toMatchObject([
      {
        snapshot: { group: 'billing', type: 'classic', members: null, commits: [] },
        unread: { reason: 'coordinator-unread' },
        partitions: [],
      },
    ]);
  });
});

test.each<[string, readonly Unread[], boolean]>([
  ['nothing was unread', [], true],
  ['a log was', [logPartition], true],
  ['a broker was', [broker(2)], false],
  ['a partition that holds commits was', [commitsPartition], false],
])('every group must have been listed: %s', (_, unread, every) => {
  const [snapshot] = snapshotsOf(one);
  expect(everyBrokerRead({ ...(snapshot as NonNullable<typeof snapshot>), unread })).toBe(every);
});
