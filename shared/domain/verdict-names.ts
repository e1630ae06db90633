/**
 * The closed list of verdicts, in the order in which their rules are tried.
 * The names are written to status documents and read from `lagwarden.yaml`: renaming one breaks both.
 */
export const verdicts = [
  'unknown',
  'recreated',
  'beyond-end',
  'data-lost',
  'uncommitted',
  'caught-up',
  'blocked',
  'rebalancing',
  'stalled',
  'unowned',
  'stopped',
  'abandoned',
  'rewound',
  'observing',
  'falling-behind',
  'draining',
  'keeping-up',
] as const;

/** What Lagwarden holds to be true of one group on one partition. */
export type Verdict = (typeof verdicts)[number];
