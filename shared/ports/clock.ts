import type { EpochMs } from '../domain/offset.ts';

/** The two clocks: one tells when, the other how long (it never steps back). */
export interface Clock {
  now(): EpochMs;
  monotonicMs(): number;
}
