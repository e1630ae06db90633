import { expect, test } from 'vitest';
import type { GroupFinding } from '../../../../shared/domain/finding.ts';
import { advanceIncidents, noIncidents } from '../../../../shared/domain/incident.ts';
import { defaultPolicy } from '../../../../shared/domain/policy.ts';
import type { UnreadReason } from '../../../../shared/domain/unread.ts';
import { findingOf } from '../../../support/poll-notation.ts';

/** The phase of the group's incident after two bad polls and three in which one partition was not read. */
function phaseAfter(reason: UnreadReason): string | undefined {
  const good = findingOf('billing', 'half-ok') as GroupFinding;
  const half: GroupFinding = {
    ...good,
    unread: null,
    partitions: good.partitions.map((one) =>
      one.verdict === 'unknown' ? { ...one, evidence: { ...one.evidence, reason } } : one,
    ),
  };
  const bad = findingOf('billing', 'crit') as GroupFinding;
  let state = noIncidents;
  for (const [poll, finding] of [bad, bad, half, half, half].entries()) {
    ({ state } = advanceIncidents(state, {
      at: (poll + 1) * 60_000,
      clusterName: 'c',
      findings: [finding],
      everyBrokerRead: true,
      policyFor: () => defaultPolicy,
      mutes: [],
      maintenance: null,
      watchedMs: 60_000,
    }));
  }
  return state.incidents[0]?.phase;
}

test('a partition that could not be read keeps an incident open: it may be the one in trouble', () => {
  expect(phaseAfter('timed-out')).toBe('firing');
});

test('a deleted topic does not: nobody will ever read it', () => {
  expect(phaseAfter('topic-missing')).toBeUndefined();
});
