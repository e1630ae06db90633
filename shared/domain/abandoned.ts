import type { JudgementOf } from './judgement.ts';
import type { Past } from './past.ts';
import type { Reading } from './reading.ts';
import type { RuleContext, Ruling } from './ruling.ts';
import type { Verdict } from './verdict-names.ts';

type Forgivable = JudgementOf<'abandoned'>['evidence']['instead'];

/** Rule 12: verdicts that matter to nobody any more where the group shows no life. */
const forgivable: ReadonlySet<Verdict> = new Set<Forgivable>([
  'recreated',
  'beyond-end',
  'data-lost',
  'unowned',
  'stopped',
]);

/** Rule 12 goes before those that it forgives: nobody is to be woken for a group that nobody misses. */
export function unlessAbandoned(ruling: Ruling, reading: Reading, past: Past, context: RuleContext): Ruling {
  const { lag } = reading;
  if (typeof lag !== 'bigint') return ruling;
  // Whoever has no members and was never seen alive has stopped, however short our own memory is.
  const seemsStopped = ruling.verdict === 'observing' && !context.hasMembers && lag > 0n;
  const instead = seemsStopped ? 'stopped' : ruling.verdict;
  if (!isForgivable(instead) || context.hasMembers) return ruling;
  const { abandonAfterMs } = context.policy;
  const { lastLifeAt, absentMs } = context;
  const neverAlive = lastLifeAt === null;
  const lifeless =
    absentMs >= abandonAfterMs || (neverAlive && (past.timeLagOf(reading)?.atLeastMs ?? 0) >= abandonAfterMs);
  const supersededBy = lifeless ? null : context.supersededBy();
  if (!lifeless && supersededBy === null) return ruling;
  return { verdict: 'abandoned', evidence: { instead, lag, lost: past.lost, lastLifeAt, supersededBy } };
}

function isForgivable(verdict: Verdict): verdict is Forgivable {
  return forgivable.has(verdict);
}
