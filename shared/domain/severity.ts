/** How much a finding matters, mildest first; the order is the scale that `compareSeverity` uses. */
export const severities = ['ok', 'info', 'warning', 'critical'] as const;

/** `ok` needs nobody, `info` is for the board, `warning` for working hours, `critical` for a page. */
export type Severity = (typeof severities)[number];

/** Below 0 where `a` is milder than `b`, above 0 where it is worse, 0 where they are the same. */
export function compareSeverity(a: Severity, b: Severity): number {
  return severities.indexOf(a) - severities.indexOf(b);
}

/** Whether `severity` is `least` or worse: what a channel's `minSeverity` asks. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return compareSeverity(severity, least) >= 0;
}

/** The worst of several severities; `ok` for none at all. */
export function worstSeverity(some: Iterable<Severity>): Severity {
  let worst: Severity = 'ok';
  for (const severity of some) {
    if (compareSeverity(severity, worst) > 0) worst = severity;
  }
  return worst;
}
