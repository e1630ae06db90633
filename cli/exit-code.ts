/** What the shell is told. 3 (refused by guards) belongs to the reset commands. */
export const exitCode = { done: 0, fault: 1, badUsage: 2, failOn: 4 } as const;

/** A mistake in what was typed or configured: printed without a stack, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
