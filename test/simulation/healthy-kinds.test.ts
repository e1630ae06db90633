import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { healthyCase } from './healthy-cases.ts';
import { type Sight, sightsOf, snapshotsOf } from './snapshots-of.ts';

const minuteMs = 60_000;

/** Some days of a kind, from seeds that stay: what a kind is must show on any of them. */
function days(kind: string, count = 4): Snapshot[][] {
  return Array.from({ length: count }, (_, nth) => snapshotsOf(healthyCase(kind, 1000 + nth)).snapshots);
}

/** The first position of the snapshots' first group. */
function firstPosition(snapshots: readonly Snapshot[], nth = 0): Sight[] {
  const group = snapshots.flatMap(({ groups }) => groups).find((one) => one.commits.length > 0);
  const commits = group?.commits[0];
  if (group === undefined || commits === undefined) throw new Error('no group commits here');
  return sightsOf(snapshots, group.group, commits.topic, commits.partitions[nth] ?? 0);
}

/** Times between one move of the commit and the next, in milliseconds, where polls followed each other closely. */
function pauses(sights: readonly Sight[]): number[] {
  const moves = sights.filter(
    ({ committed }, i) => committed !== null && committed !== sights[i - 1]?.committed,
  );
  return moves.slice(2).map(({ at }, i) => at - (moves[i + 1]?.at ?? at));
}

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;
const lag = ({ end, committed }: Sight) => (end === null || committed === null ? null : end - committed);

describe('what each kind claims to be, it shows', () => {
  test.each(['hourly-batch', 'daily-batch'])(
    '%s: Empty between runs while records wait, members in runs',
    (kind) => {
      for (const day of days(kind, 2)) {
        const sights = firstPosition(day);
        const empty = sights.filter(({ state }) => state === 'Empty');
        expect(empty.length).toBeGreaterThan(sights.length / 2);
        expect(empty.some((sight) => (lag(sight) ?? 0) > 0)).toBe(true);
        expect(sights.some(({ owner }) => owner !== null)).toBe(true);
      }
    },
  );

  test('four-minute-committer: three and a half to four and a half minutes between commits', () => {
    const typical = median(days('four-minute-committer').flatMap((day) => pauses(firstPosition(day))));
    expect(typical).toBeGreaterThanOrEqual(3 * minuteMs);
    expect(typical).toBeLessThanOrEqual(5 * minuteMs);
  });

  test('checkpoints: commits move, and nobody is ever a member', () => {
    for (const day of days('checkpoints', 2)) {
      const group = day.flatMap(({ groups }) => groups).filter(({ unread }) => unread === null);
      expect(group.every(({ members, state }) => members?.length === 0 && state === 'Empty')).toBe(
        !group.some(({ group: name }) => name.endsWith('-archive')),
      );
      expect(pauses(firstPosition(day)).length).toBeGreaterThan(10);
    }
  });

  test('hourly-sink: members stay, commits come half an hour and more apart', () => {
    const sights = days('hourly-sink').map((day) => firstPosition(day));
    expect(median(sights.flatMap(pauses))).toBeGreaterThanOrEqual(30 * minuteMs);
    expect(sights.flat().every(({ state }) => state !== 'Empty')).toBe(true);
  });

  test('low-traffic: minutes to hours pass between records', () => {
    for (const day of days('low-traffic'))
      expect(median(pauses(firstPosition(day)))).toBeGreaterThan(minuteMs);
  });

  test('exactly-once: a marker stays at a flat end, and now and then up to 50 aborted records with theirs', () => {
    const flat = days('exactly-once', 12).flatMap((day) => {
      const sights = firstPosition(day);
      return sights.filter(
        (sight, i) =>
          i > 5 && sight.stable === sight.end && sight.end !== null && sight.end === sights[i - 5]?.end,
      );
    });
    const residues = flat.map((sight) => lag(sight) ?? 0);
    expect(residues.filter((residue) => residue === 1).length).toBeGreaterThan(residues.length / 4);
    expect(residues.some((residue) => residue > 1)).toBe(true);
    expect(Math.max(...residues)).toBeLessThan(200);
  });

  test('exactly-once: polls meet open transactions', () => {
    const sights = days('exactly-once').flatMap((day) => firstPosition(day));
    expect(sights.some(({ stable, end }) => stable !== null && end !== null && end > stable)).toBe(true);
  });

  test('compacted-topic: the log starts at 0 for ever', () => {
    for (const day of days('compacted-topic', 2)) {
      expect(new Set(firstPosition(day).map(({ start }) => start ?? 0))).toEqual(new Set([0]));
    }
  });

  test.each(['rolling-deploy', 'autoscaling'])(
    '%s: members change, and short rebalances are seen',
    (kind) => {
      const sights = days(kind, 3).flatMap((day) => firstPosition(day));
      expect(new Set(sights.flatMap(({ members }) => members ?? [])).size).toBeGreaterThan(6);
      const settling = sights.filter(({ state }) => state !== null && state !== 'Stable');
      expect(settling.length).toBeGreaterThan(0);
      expect(settling.length).toBeLessThan(sights.length / 10);
    },
  );

  test('broker-restarts: each broker is away for minutes, and something cannot be read', () => {
    const snapshots = days('broker-restarts', 2).flat();
    for (const broker of [1, 2, 3]) {
      expect(snapshots.some(({ brokers }) => !brokers.includes(broker))).toBe(true);
    }
    expect(snapshots.some(({ unread }) => unread.some(({ reason }) => reason === 'leaderless'))).toBe(true);
  });

  test('replica: no members, commits that jump', () => {
    for (const day of days('replica', 2)) {
      expect(day.flatMap(({ groups }) => groups.flatMap(({ members }) => members ?? []))).toEqual([]);
      expect(pauses(firstPosition(day)).length).toBeGreaterThan(100);
    }
  });

  test('blue-green: one stops for good with records waiting, the other takes over', () => {
    for (const day of days('blue-green', 3)) {
      const names = new Set(day.flatMap(({ groups }) => groups.map(({ group }) => group)));
      expect(names.size).toBe(2);
      const last = day.at(-1)?.groups.map(({ members }) => members?.length ?? 0) ?? [];
      expect(last.toSorted((a, b) => a - b)[0]).toBe(0);
      expect(Math.max(...last)).toBeGreaterThan(0);
    }
  });

  test('long-dead: nobody there, a commit that never moves, records still arriving', () => {
    for (const day of days('long-dead', 2)) {
      const sights = firstPosition(day).filter(({ committed, end }) => committed !== null && end !== null);
      expect(new Set(sights.map(({ committed }) => committed)).size).toBe(1);
      expect(sights.every(({ members }) => members?.length === 0)).toBe(true);
      expect(sights.at(-1)?.end).toBeGreaterThan(sights[0]?.end ?? 0);
    }
  });

  test('delayed-retry: records wait for 20 minutes and more, members present', () => {
    const sights = days('delayed-retry').flatMap((day) => firstPosition(day));
    const waiting = sights.filter(
      (sight, i) => (lag(sight) ?? 0) > 0 && sights[i - 15]?.committed === sight.committed,
    );
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting.every(({ members }) => (members?.length ?? 1) > 0)).toBe(true);
  });

  test('offsets-elsewhere: members own partitions, no commit ever', () => {
    const groups = days('offsets-elsewhere', 2)
      .flat()
      .flatMap((snapshot) => snapshot.groups)
      .filter(({ group }) => !group.endsWith('-archive'));
    expect(groups.every(({ commits }) => commits.length === 0)).toBe(true);
    expect(groups.some(({ members }) => members?.some(({ assigned }) => assigned.size > 0))).toBe(true);
  });

  test('short-retention: the start follows the end within the hour', () => {
    for (const day of days('short-retention', 2)) {
      const starts = new Set(firstPosition(day).map(({ start }) => start));
      expect(starts.size).toBeGreaterThan(20);
    }
  });

  test('bursty: lag comes in peaks and is read off', () => {
    const lags = days('bursty', 3).flatMap((day) => firstPosition(day).flatMap((sight) => lag(sight) ?? []));
    expect(Math.max(...lags)).toBeGreaterThan(5 * median(lags));
  });

  test('polling: minutes are missed, stretches too, and some polls are partial', () => {
    const snapshots = days('steady', 12);
    const waits = snapshots.flatMap((day) => day.slice(1).map(({ at }, i) => at - (day[i]?.at ?? at)));
    expect(median(waits)).toBe(minuteMs);
    expect(Math.max(...waits)).toBeGreaterThan(10 * minuteMs);
    const partial = snapshots.flat().filter(({ unread }) => unread.some(({ scope }) => scope === 'broker'));
    expect(partial.length).toBeGreaterThan(0);
    expect(snapshots.flat().some(({ groups }) => groups.length === 0)).toBe(true);
  });
});
