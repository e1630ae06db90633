import type { EpochMs } from '../domain/offset.ts';
import type { Selector } from '../domain/selector.ts';

/** A mute that somebody set while watching goes on. */
export interface KeptMute {
  readonly match: Selector;
  readonly fromMs: EpochMs;
  /** The first instant after it. */
  readonly toMs: EpochMs;
  readonly why: string;
}

/** Keeps mutes, for all clusters of whoever keeps their states in the same place. */
export interface MuteStore {
  load(): Promise<readonly KeptMute[]>;
  /** What `alter` makes of them is kept; two changes at once do not undo each other. */
  change(alter: (mutes: readonly KeptMute[]) => readonly KeptMute[]): Promise<void>;
}
