import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PartitionFinding } from '../../../shared/domain/finding.ts';
import { historyColumns } from '../../../shared/domain/memory/history.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { compareSeverity } from '../../../shared/domain/severity.ts';
import type { Snapshot } from '../../../shared/domain/snapshot.ts';
import { randomTimeline } from '../../support/random-timeline.ts';
import { asJudged } from '../../support/rule-answers.ts';
import { reordered, shifted } from '../../support/same-cluster.ts';
import { playSnapshots, type ScenarioPoll } from '../../support/scenario.ts';
import { silence } from '../../support/snapshot-notation.ts';

const minute = 60_000;
const hour = 60 * minute;
const runs = { numRuns: 60 };

/** Where a log or a clock stands, which moves with it. */
const absolute = new Set([
  'committed',
  'end',
  'from',
  'to',
  'stable',
  'at',
  'lastProgressAt',
  'lastMemberAt',
  'lastLifeAt',
]);

const saidOf = ({
  verdict,
  severity,
  evidence,
  recordsLost,
  limits,
  timeLag,
  drainMs,
  lossMs,
}: PartitionFinding) => ({
  verdict,
  severity,
  recordsLost,
  limits,
  // Sums of large instants are not exact to the last part of a millisecond.
  times: [timeLag?.ms, timeLag?.atLeastMs, timeLag?.atMostMs, drainMs, lossMs].map((ms) =>
    ms == null ? null : Math.round(ms / 10),
  ),
  evidence: Object.entries(evidence).filter(([name]) => !absolute.has(name)),
});

/** All that is said at one poll, in an order of its own. */
const said = ({ findings }: ScenarioPoll) =>
  findings
    .flatMap((group) =>
      group.partitions.map((finding) => ({
        place: placeOf(group.snapshot.group, finding),
        group: [group.verdict, group.severity, group.lag, group.recordsLost],
        ...saidOf(finding),
      })),
    )
    .toSorted((a, b) => (a.place < b.place ? -1 : 1));
const placeOf = (group: string, { reading }: PartitionFinding) =>
  `${group} ${reading.topic}-${reading.partition}`;

const findingsByPlace = ({ findings }: ScenarioPoll) =>
  new Map(
    findings.flatMap((group) =>
      group.partitions.map((finding) => [placeOf(group.snapshot.group, finding), finding] as const),
    ),
  );

/** Its commit, where the log that it lies in was read as well. */
const knownCommit = (finding: PartitionFinding | undefined): readonly bigint[] =>
  typeof finding?.reading.lag === 'bigint' ? [finding.reading.committed as bigint] : [];

const later = (snapshot: Snapshot, ms: number): Snapshot => ({ ...snapshot, at: snapshot.at + ms });
const last = <Value>(values: readonly Value[]): Value => values.at(-1) as Value;

/** Verdicts that rest on silence alone. */
const ofSilence = new Set(['stalled', 'stopped', 'unowned']);

describe('over any hours', () => {
  test('only differences of offsets matter', () => {
    fc.assert(
      fc.property(randomTimeline, fc.bigInt(0n, 2n ** 62n), (timeline, by) => {
        const moved = timeline.map((snapshot) => shifted(snapshot, by));
        expect(playSnapshots(moved).map(said)).toEqual(playSnapshots(timeline).map(said));
      }),
      runs,
    );
  });

  test('only differences of time matter, by half days', () => {
    fc.assert(
      fc.property(randomTimeline, fc.integer({ min: -2_000, max: 2_000 }), (timeline, halfDays) => {
        const moved = timeline.map((snapshot) => later(snapshot, halfDays * 12 * hour));
        expect(playSnapshots(moved).map(said)).toEqual(playSnapshots(timeline).map(said));
      }),
      runs,
    );
  });

  test('the order in which things are told never matters, nor that it changes from poll to poll', () => {
    fc.assert(
      fc.property(randomTimeline, fc.integer({ min: 1, max: 5 }), (timeline, every) => {
        const told = timeline.map((snapshot, i) => (i % every === 0 ? reordered(snapshot) : snapshot));
        expect(playSnapshots(told).map(said)).toEqual(playSnapshots(timeline).map(said));
      }),
      runs,
    );
  });

  test('nothing that progressed within the patience is stalled, unowned or stopped', () => {
    fc.assert(
      fc.property(randomTimeline, (timeline) => {
        const polls = playSnapshots(timeline).map((poll) => ({
          at: poll.snapshot.at,
          of: findingsByPlace(poll),
        }));
        for (const [i, { at, of }] of polls.entries()) {
          for (const [place, finding] of of) {
            if (!ofSilence.has(finding.verdict)) continue;
            const within = polls.slice(0, i + 1).filter((poll) => poll.at > at - defaultPolicy.patienceMs);
            const commits = within.flatMap((poll) => knownCommit(poll.of.get(place)));
            expect(
              commits.some((committed, k) => k > 0 && committed > (commits[k - 1] as bigint)),
              place,
            ).toBe(false);
          }
        }
      }),
      runs,
    );
  });

  test('unread is never ok', () => {
    fc.assert(
      fc.property(randomTimeline, (timeline) => {
        for (const poll of playSnapshots(timeline)) {
          for (const { reading, verdict, severity } of findingsByPlace(poll).values()) {
            if (typeof reading.lag === 'object')
              expect([verdict, severity === 'ok']).toEqual(['unknown', false]);
          }
          for (const group of poll.findings) if (group.unread !== null) expect(group.severity).not.toBe('ok');
        }
      }),
      runs,
    );
  });

  test('patience is never less than the policy says, nor more than six hours, or thirty without members', () => {
    fc.assert(
      fc.property(randomTimeline, fc.integer({ min: 1, max: 60 }), (timeline, patienceMinutes) => {
        const learnt = { ...defaultPolicy, patienceMs: patienceMinutes * minute };
        const promise = { ...learnt, patienceIsPromise: true };
        for (const poll of playSnapshots(timeline, () => learnt).filter((_, i) => i % 10 === 0)) {
          for (const { snapshot, partitions } of poll.readings) {
            for (const { topic, partition } of partitions) {
              const given = (policy: typeof learnt) =>
                asJudged(poll, `${topic}-${partition}`, policy, snapshot.group);
              const { past, context } = given(learnt);
              expect(past.patience.ms).toBeGreaterThanOrEqual(learnt.patienceMs);
              expect(past.patience.ms).toBeLessThanOrEqual(context.hasMembers ? 6 * hour : 30 * hour);
              expect(given(promise).past.patience).toEqual({ ms: promise.patienceMs, earned: true });
            }
          }
        }
      }),
      runs,
    );
  });
});

describe('after any hours', () => {
  test('more silence never improves what silence brought', () => {
    const rates = fc.array(fc.constantFrom(0n, 0n, 7n), { minLength: 20, maxLength: 200 });
    fc.assert(
      fc.property(randomTimeline, rates, fc.boolean(), (timeline, produced, membersLeave) => {
        let snapshot = last(timeline);
        const silent = produced.map((by, i) => {
          snapshot = later(longer(snapshot, by), minute);
          return membersLeave && i > 10 ? withoutMembers(snapshot) : snapshot;
        });
        const polls = playSnapshots([...timeline, ...silent])
          .slice(timeline.length)
          .map(findingsByPlace);
        for (const [i, after] of polls.entries()) {
          for (const [place, before] of polls[i - 1] ?? []) {
            if (!ofSilence.has(before.verdict)) continue;
            // Of a young group too little is known to tell a run that has ended from one that was cut off.
            if (membersLeave && (before.severity !== 'critical' || before.limits.length > 0)) continue;
            const finding = after.get(place);
            if (finding === undefined) continue;
            expect(
              compareSeverity(finding.severity, before.severity),
              `${place} ${before.verdict} ${finding.verdict}`,
            ).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      runs,
    );
  });

  test('polls that read nothing reset nothing', () => {
    const kept = historyColumns.filter((column) => column !== 'flags' && column !== 'unreadMs');
    fc.assert(
      fc.property(randomTimeline, fc.integer({ min: 1, max: 90 }), (timeline, count) => {
        const unread = Array.from({ length: count }, (_, i) =>
          later(unreadAll(last(timeline)), (i + 1) * minute),
        );
        const polls = playSnapshots([...timeline, ...unread]);
        const [before, after] = [polls[timeline.length - 1], last(polls)].map((poll) => poll?.memory.history);
        for (const column of kept) expect(after?.[column], column).toEqual(before?.[column]);
        for (const group of last(polls).findings) expect(group.verdict).toBe('unknown');
      }),
      runs,
    );
  });

  test('a gap of two hours between polls is no more than one step', () => {
    fc.assert(
      fc.property(randomTimeline, fc.bigInt(0n, 100_000n), (timeline, produced) => {
        if (timeline.length < 4) return;
        const next = longer(last(timeline), produced);
        const pollAfter = (ms: number) => last(playSnapshots([...timeline, later(next, ms)]));
        const [step, gap] = [pollAfter(minute), pollAfter(2 * hour)];
        expect(gap.memory.history.silentMs).toEqual(step.memory.history.silentMs);
        for (const [place, finding] of findingsByPlace(gap)) {
          const usual = findingsByPlace(step).get(place) as PartitionFinding;
          // A loop of rebalances is counted over the last quarter of an hour, in which nobody looked.
          if (usual.verdict === 'rebalancing') continue;
          const [silent, usually] = [finding, usual].map(
            ({ verdict }) => verdict === 'blocked' || ofSilence.has(verdict),
          );
          if (silent) expect([place, usually]).toEqual([place, true]);
        }
      }),
      runs,
    );
  });
});

/** The same cluster, with so many records more at the end of every log that was read. */
function longer(snapshot: Snapshot, by: bigint): Snapshot {
  const move = <Value extends bigint | null>(offset: Value) =>
    (offset === null ? null : offset + by) as Value;
  const topics = [...snapshot.topics].map(([name, topic]) => {
    const partitions = [...topic.partitions].map(
      ([number, log]) =>
        [
          number,
          { ...log, end: move(log.end), stable: log.stable === log.end ? move(log.stable) : log.stable },
        ] as const,
    );
    return [name, { ...topic, partitions: new Map(partitions) }] as const;
  });
  return { ...snapshot, topics: new Map(topics) };
}

function withoutMembers(snapshot: Snapshot): Snapshot {
  const groups = snapshot.groups.map((group) => ({ ...group, members: [], state: 'Empty' }));
  return { ...snapshot, groups };
}

function unreadAll(snapshot: Snapshot): Snapshot {
  const groups = snapshot.groups.map((group) => ({ ...group, commits: [], members: null, unread: silence }));
  return { ...snapshot, topics: new Map(), groups, unread: [] };
}
