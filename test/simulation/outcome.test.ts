import { describe, expect, test } from 'vitest';
import type { GroupSnapshot } from '../../shared/domain/snapshot.ts';
import type { Verdict } from '../../shared/domain/verdict-names.ts';
import { faultCase } from './faults/fault-cases.ts';
import { healthyCase } from './healthy-cases.ts';
import { judgeCase } from './judge-case.ts';
import type { Monitor, MonitorFactory } from './monitor.ts';
import { detections, falseAlarms } from './outcome.ts';

/** Fires while `isBad` says so of the group, at once and without a finding. */
function watchdog(isBad: (group: GroupSnapshot, nth: number) => boolean, verdict: Verdict): MonitorFactory {
  return (): Monitor => {
    const firing = new Set<string>();
    let nth = 0;
    return {
      poll({ groups }) {
        nth++;
        const transitions = groups.flatMap((group) => {
          const [was, is] = [firing.has(group.group), isBad(group, nth)];
          if (was === is) return [];
          if (is) firing.add(group.group);
          else firing.delete(group.group);
          return [
            {
              group: group.group,
              from: is ? ('ok' as const) : ('firing' as const),
              to: is ? ('firing' as const) : ('resolved' as const),
              fromVerdict: null,
              toVerdict: verdict,
              severity: 'critical' as const,
              reason: 'because',
            },
          ];
        });
        return { findings: [], transitions };
      },
    };
  };
}

const isEmpty = ({ state, unread }: GroupSnapshot) => unread === null && state === 'Empty';
const killed = Array.from({ length: 6 }, (_, nth) => faultCase('consumers-killed', 4000 + nth));

describe('detections', () => {
  test('who sees at once that nobody is left finds every killed group with the first poll', () => {
    const all = killed.flatMap((one) => detections(judgeCase(one, watchdog(isEmpty, 'stopped')).ours));
    expect(all.length).toBeGreaterThanOrEqual(killed.length);
    for (const one of all) {
      expect(one).toMatchObject({ isFound: true, isRight: true, isInTime: true, delayPolls: 1 });
      expect(one.watchedMs).toBeGreaterThan(30 * 60_000);
    }
  });

  test('another name for it is a wrong one', () => {
    const all = killed.flatMap((one) => detections(judgeCase(one, watchdog(isEmpty, 'blocked')).ours));
    expect(
      all.every(({ isFound, isRight, firstVerdict }) => isFound && !isRight && firstVerdict === 'blocked'),
    ).toBe(true);
  });

  test('who never fires finds nothing', () => {
    const all = killed.flatMap((one) =>
      detections(
        judgeCase(
          one,
          watchdog(() => false, 'stopped'),
        ).ours,
      ),
    );
    expect(all.some(({ isFound, isInTime }) => isFound || isInTime)).toBe(false);
  });

  test('an incident that is resolved before the fault does not count', () => {
    const early = watchdog((_, nth) => nth === 3, 'stopped');
    const all = killed.flatMap((one) => detections(judgeCase(one, early).ours));
    expect(all.some(({ isFound }) => isFound)).toBe(false);
  });
});

describe('false alarms', () => {
  test('every incident of a healthy group is one', () => {
    const { ours } = judgeCase(
      healthyCase('steady', 4000),
      watchdog((_, nth) => nth % 100 === 3, 'stalled'),
    );
    expect(falseAlarms(ours).length).toBeGreaterThan(10);
    expect(falseAlarms(ours)[0]).toMatchObject({
      verdict: 'stalled',
      severity: 'critical',
      reason: 'because',
    });
  });

  test('one that a fault explains is none, one before it is', () => {
    for (const one of killed) {
      expect(falseAlarms(judgeCase(one, watchdog(isEmpty, 'stopped')).ours)).toEqual([]);
      const early = watchdog((_, nth) => nth === 3, 'stopped');
      expect(falseAlarms(judgeCase(one, early).ours).length).toBe(1);
    }
  });
});
