import { defaultRules, evaluate } from '../../shared/domain/evaluate.ts';
import type { GroupFinding } from '../../shared/domain/finding.ts';
import type { PolicyFor } from '../../shared/domain/policy.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';

/** What is held of each group at first sight. */
export function judged(snapshot: Snapshot, policyFor?: PolicyFor): readonly GroupFinding[] {
  return evaluate(null, snapshot, policyFor === undefined ? defaultRules : { ...defaultRules, policyFor })
    .findings;
}
