import { describe, expect, test } from 'vitest';
import { faultCase } from './faults/fault-cases.ts';
import { type Sight, sightsOf, snapshotsOf } from './snapshots-of.ts';
import type { Fault, FaultKind } from './truth.ts';

/** Some faults of a kind as polls show them: each struck partition's sights from when it could be known to its end. */
function shown(kind: FaultKind, count = 6): { fault: Fault; during: Sight[][]; others: Sight[][] }[] {
  return Array.from({ length: count }, (_, nth) => snapshotsOf(faultCase(kind, 2000 + nth))).flatMap(
    ({ snapshots, truth }) =>
      truth.faults.map((fault) => {
        const within = snapshots.filter(({ at }) => at > (fault.knownAt ?? 0) && at < (fault.endsAt ?? 0));
        const partitions = [...(snapshots[0]?.topics.get(fault.topic)?.partitions.keys() ?? [])];
        const of = (numbers: readonly number[]) =>
          numbers.map((partition) => sightsOf(within, fault.group, fault.topic, partition).filter(isRead));
        return {
          fault,
          during: of(fault.partitions),
          others: of(partitions.filter((partition) => !fault.partitions.includes(partition))),
        };
      }),
  );
}

function isRead({ state, committed, end }: Sight): boolean {
  return state !== null && committed !== null && end !== null;
}

const commits = (sights: readonly Sight[]) => new Set(sights.map(({ committed }) => committed)).size;
/** A commit that was under way when the fault struck may still come. */
const isStill = (sights: readonly Sight[]) => commits(sights.slice(2)) <= 1;
const lagGrows = (sights: readonly Sight[]) =>
  ((sights.at(-1)?.end ?? 0) as number) - (sights.at(-1)?.committed ?? 0) >
  ((sights[0]?.end ?? 0) as number) - (sights[0]?.committed ?? 0);

describe('every fault is there to be seen', () => {
  test('consumers-killed: Empty, still, records wait', () => {
    for (const { during } of shown('consumers-killed')) {
      expect(during.flat().every(({ state }) => state === 'Empty')).toBe(true);
      expect(during.every(isStill)).toBe(true);
    }
  });

  test('member-hangs: what it owns stands still, what others own moves', () => {
    const faults = shown('member-hangs');
    expect(faults.every(({ during }) => during.every(isStill))).toBe(true);
    expect(faults.filter(({ others }) => others.some((sights) => !isStill(sights))).length).toBe(
      faults.length,
    );
    expect(
      faults.every(({ during }) =>
        during.every((sights) => new Set(sights.map(({ owner }) => owner)).size === 1),
      ),
    ).toBe(true);
  });

  test('group-hangs: all of it stands still with its members there', () => {
    for (const { during } of shown('group-hangs')) {
      expect(during.every(isStill)).toBe(true);
      expect(during.flat().every(({ owner }) => owner !== null)).toBe(true);
    }
  });

  test.each(['poison-record', 'poison-low-traffic'] as const)(
    '%s: one partition, whose owner reads others',
    (kind) => {
      for (const { fault, during, others } of shown(kind)) {
        expect(fault.partitions.length).toBe(1);
        expect(during.every(isStill)).toBe(true);
        const owner = during[0]?.[0]?.owner;
        expect(others.some((sights) => sights[0]?.owner === owner && commits(sights) > 1)).toBe(true);
      }
    },
  );

  test('partition-unassigned: members are there, none owns it', () => {
    for (const { during } of shown('partition-unassigned')) {
      const settled = during.flat().filter(({ state }) => state === 'Stable');
      expect(settled.length).toBeGreaterThan(10);
      expect(settled.every(({ owner, members }) => owner === null && (members?.length ?? 0) > 0)).toBe(true);
    }
  });

  test('transaction-hangs: the stable offset stands at the commit while the end moves', () => {
    for (const { during } of shown('transaction-hangs')) {
      const sights = during.flat().slice(2);
      expect(new Set(sights.map(({ stable }) => stable)).size).toBe(1);
      expect(new Set(sights.map(({ end }) => end)).size).toBeGreaterThan(5);
      expect(sights.every(({ committed, stable }) => (stable ?? 0) - (committed ?? 0) <= 1)).toBe(true);
    }
  });

  test('records-deleted: the commit lies below the start by exactly what was lost', () => {
    for (const { fault, during } of shown('records-deleted')) {
      expect(during.flat().length).toBeGreaterThan(0);
      for (const { start, committed } of during.flat())
        expect((start ?? 0) - (committed ?? 0)).toBe(fault.lost);
    }
  });

  test('retention-overtakes: the start runs past the commit', () => {
    for (const { during } of shown('retention-overtakes')) {
      expect(during.flat().some(({ start, committed }) => (committed ?? 0) < (start ?? 0))).toBe(true);
    }
  });

  test('topic-recreated: another id, and the old position beyond a low end', () => {
    for (const { during } of shown('topic-recreated')) {
      const ids = during.flat().map(({ topicId }) => topicId);
      expect(ids.every((id) => id?.endsWith('-1') || id?.endsWith('-2'))).toBe(true);
      expect(during.flat().every(({ committed, end }) => (committed ?? 0) > (end ?? 0))).toBe(true);
    }
  });

  test.each(['log-truncated', 'committed-beyond'] as const)(
    '%s: the commit lies beyond the end to the last',
    (kind) => {
      for (const { during } of shown(kind)) {
        expect(during.flat().length).toBeGreaterThan(0);
        expect(during.flat().every(({ committed, end }) => (committed ?? 0) > (end ?? 0))).toBe(true);
      }
    },
  );

  test('reset-back: far behind, and reading all of it again', () => {
    for (const { during } of shown('reset-back')) {
      for (const sights of during) {
        const [first] = sights;
        expect((first?.end ?? 0) - (first?.committed ?? 0)).toBeGreaterThan(100);
        expect(commits(sights)).toBeGreaterThan(2);
      }
    }
  });

  test('rebalance-loop: restless states or members, and lag grows', () => {
    for (const { during } of shown('rebalance-loop')) {
      const [sights = []] = during;
      const changes = sights.filter(({ members }, i) => members?.join() !== sights[i - 1]?.members?.join());
      expect(changes.length).toBeGreaterThan(sights.length / 3);
      expect(during.every(lagGrows)).toBe(true);
    }
  });

  test('rebalance-stuck: never settles', () => {
    for (const { during } of shown('rebalance-stuck')) {
      expect(during.flat().every(({ state }) => state !== 'Stable' && state !== 'Empty')).toBe(true);
      expect(during.every(isStill)).toBe(true);
    }
  });

  test.each(['consumer-too-slow', 'loss-ahead'] as const)('%s: progress, and lag grows', (kind) => {
    for (const { during } of shown(kind)) {
      expect(during.every((sights) => commits(sights) > 2)).toBe(true);
      expect(during.some(lagGrows)).toBe(true);
    }
  });

  test('broker-unread: more than five minutes without an answer', () => {
    for (let nth = 0; nth < 4; nth++) {
      const { snapshots, truth } = snapshotsOf(faultCase('broker-unread', 2000 + nth));
      for (const { at, endsAt } of truth.faults) {
        const silent = snapshots.filter(
          (snapshot) =>
            snapshot.at >= at &&
            snapshot.at < (endsAt ?? 0) &&
            snapshot.unread.some(({ scope }) => scope === 'broker'),
        );
        expect((silent.at(-1)?.at ?? 0) - (silent[0]?.at ?? 0)).toBeGreaterThan(5 * 60_000);
      }
    }
  });
});
