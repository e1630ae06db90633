import type { MonitorState } from '../domain/evaluate.ts';

/** Which writing of a state it is. Only its store can read it. */
export type StateVersion = string;

export type StateLoaded =
  /** Nothing was kept yet. */
  | { readonly outcome: 'none' }
  | { readonly outcome: 'loaded'; readonly state: MonitorState; readonly version: StateVersion }
  /** What was kept cannot be used. It is out of the way and not lost; watching begins anew. */
  | { readonly outcome: 'set-aside'; readonly why: string; readonly where: string };

export type StateSaved =
  | { readonly outcome: 'saved'; readonly version: StateVersion }
  /** Somebody else has saved since: nothing was written. */
  | { readonly outcome: 'lost-race' };

/** Keeps the state of clusters from poll to poll, and from process to process. */
export interface StateStore {
  load(cluster: string): Promise<StateLoaded>;

  /**
   * All of it or nothing, and only where what is kept is still of the version that the new state was made from.
   *
   * @param after `null`: nothing was kept
   */
  save(cluster: string, state: MonitorState, after: StateVersion | null): Promise<StateSaved>;
}
