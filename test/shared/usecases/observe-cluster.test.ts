import { describe, expect, test } from 'vitest';
import type { UnreadCause } from '../../../shared/domain/unread.ts';
import { type ObserveScope, observeCluster } from '../../../shared/usecases/observe-cluster.ts';
import { type ClusterState, cluster, group, log, topic } from '../../support/in-memory-cluster.ts';
import { InMemoryClusterReader } from '../../support/in-memory-cluster-reader.ts';
import { clock, everything, observe } from '../../support/observe.ts';
import { member } from '../../support/snapshot-notation.ts';

const denied: UnreadCause = { reason: 'unauthorised', detail: 'no right to read it' };

describe('a whole cluster', () => {
  test('becomes one snapshot', async () => {
    const { snapshot, durationMs, requests } = await observe({
      brokers: [1, 2],
      topics: { orders: { ...topic(log(3, 10), log(0, 7, { leader: 2, stable: 6n })), id: 'id-1' } },
      groups: { billing: group({ orders: [8] }, { members: [member({ orders: [0, 1] })] }) },
    });
    expect(snapshot).toEqual({
      cluster: { name: 'orders-prod', id: 'cluster-1' },
      at: 1_700_000_000_000,
      brokers: [1, 2],
      topics: new Map([
        [
          'orders',
          {
            name: 'orders',
            id: 'id-1',
            config: null,
            partitions: new Map([
              [0, { partition: 0, leader: 1, start: 3n, stable: 10n, end: 10n, unread: null }],
              [1, { partition: 1, leader: 2, start: 0n, stable: 6n, end: 7n, unread: null }],
            ]),
          },
        ],
      ]),
      groups: [
        {
          group: 'billing',
          type: 'classic',
          state: 'Stable',
          coordinator: 1,
          members: [member({ orders: [0, 1] })],
          commits: [{ topic: 'orders', partitions: [0], offsets: [8n] }],
          unread: null,
        },
      ],
      unread: [],
      dated: [],
    });
    expect(durationMs).toBe(5);
    expect(requests).toEqual(
      new Map([
        ['Metadata', 1],
        ['ListGroups', 1],
        ['ListOffsets', 3],
        ['OffsetFetch', 1],
        ['DescribeGroups', 1],
      ]),
    );
  });

  test('lists groups by name, whatever order the brokers tell them in', async () => {
    const { snapshot } = await observe({
      topics: { orders: topic(log(0, 1)) },
      groups: { b: group({ orders: [1] }), c: group({ orders: [1] }), a: group({ orders: [1] }) },
    });
    expect(snapshot.groups.map(({ group: id }) => id)).toEqual(['a', 'b', 'c']);
  });

  test('says what is being read, so that a slow cluster is told from a hung command', async () => {
    const steps: string[] = [];
    const reader = new InMemoryClusterReader(cluster({}));
    await observeCluster(reader, everything, clock(), AbortSignal.timeout(5_000), (step) => steps.push(step));
    expect(steps).toEqual(['topology', 'groups and starts', 'commits and members', 'stable offsets', 'ends']);
  });

  test('a member counts with the state that it was described in, not the one listed before', async () => {
    const { snapshot } = await observe(
      {
        topics: { orders: topic(log(0, 1)) },
        groups: { billing: group({ orders: [1] }) },
      },
      {},
      (step, { groups }) => {
        if (step === 'commits' && groups['billing']) groups['billing'].state = 'PreparingRebalance';
      },
    );
    expect(snapshot.groups[0]?.state).toBe('PreparingRebalance');
  });

  test('only partitions that matter to a group are asked for, beyond the starts', async () => {
    const { asked, snapshot } = await observe({
      topics: {
        committed: topic(log(0, 1), log(0, 1)),
        owned: topic(log(0, 1), log(0, 1)),
        subscribed: topic(log(0, 1), log(0, 1)),
        nobodys: topic(log(0, 1)),
      },
      groups: {
        billing: group(
          { committed: [null, 1] },
          { members: [member({ owned: [1] }, { subscribed: ['subscribed'] })] },
        ),
      },
    });
    expect(asked('end')).toEqual(['committed-1', 'owned-1', 'subscribed-0', 'subscribed-1']);
    expect(asked('stable')).toEqual(asked('end'));
    expect([...snapshot.topics.keys()]).not.toContain('nobodys');
  });
});

describe('which groups are shown', () => {
  const topics = { orders: topic(log(0, 10)), payments: topic(log(0, 10)) };
  const shown = async (groups: ClusterState['groups'], scope: Partial<ObserveScope> = {}) =>
    (await observe({ topics, groups }, scope)).snapshot.groups.map(({ group: id }) => id);

  test('a name with neither commits nor members is nothing more', async () => {
    expect(
      await shown({
        nothing: group({}),
        'no partition': group({ orders: [] }),
        commits: group({ orders: [1] }),
        members: group({}, { members: [member({ orders: [0] })] }),
      }),
    ).toEqual(['commits', 'members']);
  });

  test('where members were not asked for, the state tells whether there are any', async () => {
    const groups = {
      empty: group({}),
      dead: group({}, { state: 'Dead' }),
      stable: group({}, { state: 'Stable' }),
      commits: group({ orders: [1] }),
    };
    expect(await shown(groups, { members: false })).toEqual(['commits', 'stable']);
  });

  test('a share group cannot be measured, says so, and is not asked for commits', async () => {
    const { snapshot, asked } = await observe({
      topics,
      groups: { queue: group({}, { type: 'share', state: 'Stable' }), billing: group({ orders: [1] }) },
    });
    expect(asked('commits')).toEqual(['billing']);
    expect(snapshot.groups.map(({ group: id, unread }) => [id, unread?.reason])).toEqual([
      ['billing', undefined],
      ['queue', 'not-measurable'],
    ]);
    expect(snapshot.unread).toMatchObject([{ scope: 'group', group: 'queue', reason: 'not-measurable' }]);
  });
});

describe('the scope', () => {
  const two = {
    topics: { orders: topic(log(0, 10)), payments: topic(log(0, 10)) },
    groups: {
      billing: group({ orders: [4] }, { members: [member({ orders: [0] })] }),
      ledger: group({ payments: [4] }, { members: [member({ payments: [0] })] }),
      both: group({ orders: [4], payments: [4] }, { members: [member({ orders: [0], payments: [0] })] }),
    },
  };

  test('a group filter asks for those groups only', async () => {
    const { asked, snapshot } = await observe(two, { watchesGroup: (id) => id === 'ledger' });
    expect(asked('commits')).toEqual(['ledger']);
    expect(asked('members')).toEqual(['ledger']);
    expect(asked('end')).toEqual(['payments-0']);
    expect(snapshot.groups.map(({ group: id }) => id)).toEqual(['ledger']);
  });

  test('a topic filter asks for those topics only, and hides what is not about them', async () => {
    const { asked, readings, snapshot } = await observe(two, { watchesTopic: (name) => name === 'orders' });
    for (const step of ['start', 'stable', 'end'] as const) expect(asked(step)).toEqual(['orders-0']);
    expect(readings.map(({ group: id, topic: name, lag }) => [id, name, lag])).toEqual([
      ['billing', 'orders', 6n],
      ['both', 'orders', 6n],
    ]);
    expect(snapshot.groups.map(({ group: id }) => id)).toEqual(['billing', 'both']);
  });

  test('a member that owns only topics outside the filter is not idle', async () => {
    const { snapshot, readings } = await observe(
      { ...two, groups: { mixed: group({ orders: [4] }, { members: [member({ payments: [0] })] }) } },
      { watchesTopic: (name) => name === 'orders' },
    );
    expect(readings.map(({ topic: name }) => name)).toEqual(['orders']);
    expect(snapshot.groups[0]?.members?.[0]?.assigned.size).toBe(1);
  });

  test('a group that waits for its first partition is shown if it subscribes to a topic of the filter', async () => {
    const waiting = (subscribed: readonly string[] | null) =>
      group({}, { members: [member({}, { subscribed })] });
    const { snapshot } = await observe(
      {
        ...two,
        groups: { a: waiting(['orders']), b: waiting(['payments']), c: waiting(null), d: waiting([]) },
      },
      { watchesTopic: (name) => name === 'orders' },
    );
    // What c and d wait for is not known, so it may be this topic.
    expect(snapshot.groups.map(({ group: id }) => id)).toEqual(['a', 'c', 'd']);
  });

  test('an unread commit outside the topic filter is not named', async () => {
    const { snapshot } = await observe(
      { ...two, groups: { billing: group({ orders: [4], payments: [denied] }) } },
      { watchesTopic: (name) => name === 'orders' },
    );
    expect(snapshot.unread).toEqual([]);
  });

  test.each([
    ['starts', 'start'],
    ['stable', 'stable'],
    ['members', 'members'],
  ] as const)('without %s its requests are saved, and nothing is called unread', async (flag, step) => {
    const { steps, snapshot } = await observe(two, { [flag]: false });
    expect(steps).not.toContain(step);
    expect(snapshot.unread).toEqual([]);
    if (flag === 'members') expect(snapshot.groups.map(({ members }) => members)).toEqual([null, null, null]);
    else
      expect(
        snapshot.topics.get('orders')?.partitions.get(0)?.[flag === 'starts' ? 'start' : 'stable'],
      ).toBeNull();
  });
});
