import { describe, expect, test } from 'vitest';
import { Fault } from '../../../shared/domain/fault.ts';
import type { UnreadCause } from '../../../shared/domain/unread.ts';
import { type ClusterState, group, log, topic } from '../../support/in-memory-cluster.ts';
import type { ReadStep } from '../../support/in-memory-cluster-reader.ts';
import { observe } from '../../support/observe.ts';

const denied: UnreadCause = { reason: 'unauthorised', detail: 'no right to read it' };

describe('what fails costs itself, and is named', () => {
  /** Two brokers that each lead a partition and coordinate a group. */
  const two = (): Partial<ClusterState> => ({
    brokers: [1, 2],
    topics: { orders: topic(log(0, 10), log(0, 20, { leader: 2 })) },
    groups: {
      one: group({ orders: [4, 4] }, { coordinator: 1 }),
      two: group({ orders: [5, 5] }, { coordinator: 2 }),
    },
  });
  const down = (from: ReadStep) => (step: ReadStep, state: ClusterState) => {
    if (step === from) state.down.add(2);
  };

  test('a broker that is down from the start hides its groups and its partitions only', async () => {
    const { snapshot, readings } = await observe(two(), {}, down('topology'));
    expect(readings.map(({ group: id, partition, lag }) => [id, partition, lag])).toEqual([
      ['one', 0, 6n],
      ['one', 1, { reason: 'unreachable', detail: 'broker 2 refuses connections' }],
    ]);
    expect(snapshot.unread).toEqual([
      { scope: 'broker', broker: 2, reason: 'unreachable', detail: 'broker 2 refuses connections' },
      {
        scope: 'partition',
        topic: 'orders',
        partition: 1,
        broker: 2,
        reason: 'unreachable',
        detail: 'broker 2 refuses connections',
      },
    ]);
  });

  test.each([
    // The groups were listed, then their coordinator died.
    ['commits', ['one 0 6', 'one 1 unreachable']],
    ['members', ['one 0 6', 'one 1 unreachable', 'two 0 5', 'two 1 unreachable']],
    ['stable', ['one 0 6', 'one 1 unreachable', 'two 0 5', 'two 1 unreachable']],
    ['end', ['one 0 6', 'one 1 unreachable', 'two 0 5', 'two 1 unreachable']],
  ] as const)('a broker that dies before %s', async (step, expected) => {
    const { snapshot, readings } = await observe(two(), {}, down(step));
    expect(
      readings.map(({ group: id, partition, lag }) =>
        [id, partition, typeof lag === 'object' ? lag.reason : lag].join(' '),
      ),
    ).toEqual(expected);
    expect(snapshot.groups.map(({ group: id }) => id)).toEqual(['one', 'two']);
    expect(snapshot.groups[1]?.unread?.reason).toBe(step === 'commits' ? 'coordinator-unread' : undefined);
    expect(snapshot.unread).toContainEqual(
      expect.objectContaining({ scope: 'partition', topic: 'orders', partition: 1, broker: 2 }),
    );
  });

  test('only stable unread: the lag is known all the same, and the part is named', async () => {
    const { snapshot, readings } = await observe(two(), {}, (step, state) => {
      if (step === 'stable') state.down.add(2);
      if (step === 'end') state.down.delete(2);
    });
    expect(readings.map(({ lag }) => lag)).toEqual([6n, 16n, 5n, 15n]);
    expect(readings[1]?.stable).toBeNull();
    expect(snapshot.unread.map(({ scope, reason }) => [scope, reason])).toEqual([
      ['partition', 'unreachable'],
    ]);
  });

  test('only starts unread: the lag is known all the same, and the part is named', async () => {
    const { snapshot, readings } = await observe(two(), {}, (step, state) => {
      if (step === 'start') state.down.add(2);
      if (step === 'commits') state.down.delete(2);
    });
    expect(readings.map(({ lag }) => lag)).toEqual([6n, 16n, 5n, 15n]);
    expect(readings[1]?.start).toBeNull();
    expect(snapshot.unread.map(({ scope, reason }) => [scope, reason])).toEqual([
      ['partition', 'unreachable'],
    ]);
  });

  test('a group that may not be read', async () => {
    const { snapshot, readings } = await observe({
      topics: { orders: topic(log(0, 10)) },
      groups: { open: group({ orders: [4] }), closed: group({}, { commitsError: denied }) },
    });
    expect(snapshot.groups.map(({ group: id, unread }) => [id, unread])).toEqual([
      ['closed', denied],
      ['open', null],
    ]);
    expect(readings.map(({ lag }) => lag)).toEqual([6n]);
    expect(snapshot.unread).toEqual([{ scope: 'group', group: 'closed', broker: 1, ...denied }]);
  });

  test('members that may not be read: commits and lag stay, members are null and not none', async () => {
    const { snapshot, readings } = await observe({
      topics: { orders: topic(log(0, 10)) },
      groups: { billing: group({ orders: [4] }, { state: 'Stable', membersError: denied }) },
    });
    expect(snapshot.groups[0]).toMatchObject({ members: null, state: 'Stable', unread: null });
    expect(readings.map(({ lag }) => lag)).toEqual([6n]);
    expect(snapshot.unread).toEqual([
      {
        scope: 'group',
        group: 'billing',
        broker: 1,
        reason: 'unauthorised',
        detail: 'its members are not known: no right to read it',
      },
    ]);
  });

  test('neither commits nor members read: the group is named once', async () => {
    const { snapshot } = await observe({
      groups: { billing: group({}, { state: 'Stable', commitsError: denied, membersError: denied }) },
    });
    expect(snapshot.unread).toEqual([{ scope: 'group', group: 'billing', broker: 1, ...denied }]);
  });

  test('one partition without a leader', async () => {
    const { snapshot, readings } = await observe({
      topics: { orders: topic(log(0, 10), log(0, 10, { leader: null })) },
      groups: { billing: group({ orders: [4, 4] }) },
    });
    expect(readings.map(({ lag }) => lag)).toEqual([
      6n,
      { reason: 'leaderless', detail: 'it has no leader' },
    ]);
    expect(snapshot.unread).toEqual([
      { scope: 'partition', topic: 'orders', partition: 1, reason: 'leaderless', detail: 'it has no leader' },
    ]);
  });

  test('one partition whose leader answers with an error', async () => {
    const moved: UnreadCause = { reason: 'leader-moved', detail: 'NOT_LEADER_OR_FOLLOWER' };
    const { snapshot, readings } = await observe({
      topics: { orders: topic(log(0, 10), log(0, 10, { error: moved })) },
      groups: { billing: group({ orders: [4, 4] }) },
    });
    expect(readings.map(({ lag }) => lag)).toEqual([6n, moved]);
    expect(snapshot.unread).toEqual([
      { scope: 'partition', topic: 'orders', partition: 1, broker: 1, ...moved },
    ]);
  });

  test('one commit of a group that could not be read', async () => {
    const unstable: UnreadCause = { reason: 'kafka-error', detail: 'UNSTABLE_OFFSET_COMMIT' };
    const { snapshot, readings } = await observe({
      topics: { orders: topic(log(0, 10), log(0, 10)) },
      groups: { billing: group({ orders: [4, unstable] }) },
    });
    expect(readings.map(({ partition, lag }) => [partition, lag])).toEqual([
      [0, 6n],
      [1, unstable],
    ]);
    expect(snapshot.unread).toEqual([
      { scope: 'partition', group: 'billing', topic: 'orders', partition: 1, ...unstable },
    ]);
  });

  test('a group of which no commit could be read is not one without commits', async () => {
    const unstable: UnreadCause = { reason: 'kafka-error', detail: 'UNSTABLE_OFFSET_COMMIT' };
    const { readings } = await observe({
      topics: { orders: topic(log(0, 10)) },
      groups: { billing: group({ orders: [unstable] }) },
    });
    expect(readings.map(({ group: id, lag }) => [id, lag])).toEqual([['billing', unstable]]);
  });

  test('a topic that is gone, and one that may not be described, are each named once with their reason', async () => {
    const { snapshot, readings } = await observe({
      topics: {
        orders: topic(log(0, 10)),
        secret: { ...topic(log(0, 10), log(0, 10)), listed: 'unauthorised' },
        alien: { ...topic(log(0, 10)), listed: 'unauthorised' },
      },
      groups: { billing: group({ orders: [4], gone: [7, 7], secret: [1, 1] }) },
    });
    expect(snapshot.unread).toEqual([
      { scope: 'topic', topic: 'secret', reason: 'unauthorised', detail: 'no right to describe it' },
      { scope: 'topic', topic: 'gone', reason: 'topic-missing', detail: 'it does not exist' },
    ]);
    expect(
      readings.map(({ topic: name, lag }) => [name, typeof lag === 'object' ? lag.reason : lag]),
    ).toEqual([
      ['gone', 'topic-missing'],
      ['gone', 'topic-missing'],
      ['orders', 6n],
      ['secret', 'unauthorised'],
      ['secret', 'unauthorised'],
    ]);
  });

  test('a topic that was created while the poll ran is read by name', async () => {
    const { readings, asked } = await observe({
      topics: { orders: topic(log(0, 10)), late: { ...topic(log(0, 3)), listed: 'hidden' } },
      groups: { billing: group({ orders: [4], late: [1] }) },
    });
    expect(asked('topics')).toEqual(['late']);
    expect(readings.map(({ topic: name, lag, start }) => [name, lag, start])).toEqual([
      // Its start was not read in time: a start read after the commit could show a loss that was none.
      ['late', 2n, null],
      ['orders', 6n, 0n],
    ]);
  });

  test('no broker at all: a Fault', async () => {
    const failed = observe({ down: new Set([1]) });
    await expect(failed).rejects.toThrow(Fault);
    await expect(failed).rejects.toMatchObject({ code: 'unreachable' });
  });
});
