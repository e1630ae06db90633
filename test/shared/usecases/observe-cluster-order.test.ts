import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OffsetKind } from '../../../shared/ports/cluster-reader.ts';
import { type ClusterState, cluster, group, log, topic } from '../../support/in-memory-cluster.ts';
import { InMemoryClusterReader, type ReadStep } from '../../support/in-memory-cluster-reader.ts';
import { observe } from '../../support/observe.ts';

describe('the order of reading', () => {
  test('is starts, commits, stable, ends', async () => {
    const { steps } = await observe({
      topics: { orders: topic(log(0, 1)) },
      groups: { billing: group({ orders: [1] }) },
    });
    expect(steps.filter((step) => ['start', 'commits', 'stable', 'end'].includes(step))).toEqual([
      'start',
      'commits',
      'stable',
      'end',
    ]);
  });

  /** Every step finds a cluster that has moved on: records were written, read, and deleted. */
  function moveOn(_: ReadStep, { topics, groups }: ClusterState): void {
    const partition = topics['orders']?.partitions[0];
    const commits = groups['billing']?.commits['orders'];
    if (partition === undefined || commits === undefined) throw new Error('not the cluster of this test');
    partition.end += 10n;
    partition.stable = partition.end;
    commits[0] = partition.end;
    partition.start = partition.end;
  }
  const moving = (): ClusterState =>
    cluster({ topics: { orders: topic(log(0, 10)) }, groups: { billing: group({ orders: [5] }) } });

  test('never shows a negative lag, a loss that was none, or a stable offset beyond the end', async () => {
    const { readings } = await observe(moving(), {}, moveOn);
    const [{ start, committed, stable, end, lag }] = readings as [(typeof readings)[number]];
    expect(committed).toBeGreaterThanOrEqual(start as bigint);
    expect(end).toBeGreaterThanOrEqual(stable as bigint);
    expect(lag).toBeGreaterThan(0n);
  });

  const wrongOrders = [
    ['end', 'commits', 'a commit beyond the end'],
    ['commits', 'start', 'a commit behind the start'],
    ['end', 'stable', 'a stable offset beyond the end'],
  ] as const;
  test.each(wrongOrders)('%s before %s would show %s in this cluster', async (first, second) => {
    const reader = new InMemoryClusterReader(moving(), moveOn);
    const topology = await reader.readTopology();
    const { groups } = await reader.listGroups(topology);
    const read = async (what: OffsetKind | 'commits'): Promise<bigint> => {
      if (what !== 'commits') {
        const offsets = await reader.readOffsets(what, new Map([['orders', [0]]]), topology);
        return offsets.get('orders')?.get(0) as bigint;
      }
      const commits = (await reader.readCommits(groups)).get('billing');
      return (commits?.known ? commits.topics[0]?.offsets[0] : undefined) as bigint;
    };
    const [before, after] = [await read(first), await read(second)];
    expect(after).toBeGreaterThan(before);
  });

  test('holds however fast the cluster moves between any two steps', async () => {
    const moves = fc.array(fc.record({ deleted: fc.nat(50), read: fc.nat(50), written: fc.nat(50) }), {
      minLength: 8,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(moves, fc.nat(50), async (steps, backlog) => {
        let step = 0;
        const state = cluster({
          topics: { orders: topic(log(0, backlog)) },
          groups: { billing: group({ orders: [0] }) },
        });
        const { readings } = await observe(state, {}, (_, { topics, groups }) => {
          const partition = topics['orders']?.partitions[0];
          const commits = groups['billing']?.commits['orders'];
          const move = steps[step++];
          if (!partition || !commits || !move) throw new Error('more steps than expected');
          // An honest cluster: start ≤ committed ≤ stable = end, each moving up only.
          partition.end += BigInt(move.written);
          partition.stable = partition.end;
          const reach = (commits[0] as bigint) + BigInt(move.read);
          commits[0] = reach < partition.end ? reach : partition.end;
          const cut = partition.start + BigInt(move.deleted);
          partition.start = cut < (commits[0] as bigint) ? cut : (commits[0] as bigint);
        });
        const [{ start, committed, stable, end, lag }] = readings as [(typeof readings)[number]];
        expect(committed).toBeGreaterThanOrEqual(start as bigint);
        expect(lag).toBeGreaterThanOrEqual(0n);
        expect(end).toBeGreaterThanOrEqual(stable as bigint);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a commit that seems to lie below the start', () => {
  const member = {
    id: 'm',
    clientId: 'app',
    host: '10.0.0.1',
    subscribed: ['orders'],
    assigned: new Map([['orders', [0]]]),
  };
  const behindStart = (rest: Parameters<typeof group>[1]): Partial<ClusterState> => ({
    topics: { orders: topic(log(7, 10)) },
    groups: { billing: group({ orders: [5] }, rest) },
  });

  test('is asked for again where the group lives, and is unread while a transaction may still move it', async () => {
    const { readings, snapshot } = await observe(
      behindStart({ members: [member], unstable: new Set(['orders-0']) }),
    );
    const cause = { reason: 'kafka-error', detail: 'UNSTABLE_OFFSET_COMMIT' };
    expect(readings).toMatchObject([{ committed: null, lag: cause }]);
    expect(snapshot.unread).toEqual([
      { scope: 'partition', group: 'billing', topic: 'orders', partition: 0, ...cause },
    ]);
  });

  test('is no loss when the transaction has ended by then', async () => {
    const { readings } = await observe(behindStart({ members: [member] }), {}, (step, { groups }) => {
      const commits = groups['billing']?.commits['orders'];
      if (step === 'stable commits' && commits) commits[0] = 9n;
    });
    expect(readings).toMatchObject([{ start: 7n, committed: 9n, lag: 1n }]);
  });

  test('is a loss when it stays', async () => {
    const { readings } = await observe(behindStart({ members: [member] }));
    expect(readings).toMatchObject([{ start: 7n, committed: 5n }]);
  });

  test('costs no second request where nobody is there to commit, or where nothing lies below the start', async () => {
    expect((await observe(behindStart({}))).steps).not.toContain('stable commits');
    const healthy = {
      topics: { orders: topic(log(5, 10)) },
      groups: { billing: group({ orders: [5] }, { members: [member] }) },
    };
    expect((await observe(healthy)).steps).not.toContain('stable commits');
  });
});
