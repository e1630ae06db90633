import { accessSync, constants, mkdirSync } from 'node:fs';
import { stateFiles } from '../shared/adapters/files/state-files.ts';
import { systemClock } from '../shared/adapters/system-clock.ts';
import type { MonitorState } from '../shared/domain/evaluate.ts';
import { formatInstant } from '../shared/domain/reason.ts';
import type { StateStore, StateVersion } from '../shared/ports/state-store.ts';
import { UsageError } from './exit-code.ts';

/** What a command remembers of one cluster: in this process alone, or in a directory across processes. */
export class KeptState {
  readonly #store: StateStore | null;
  readonly #cluster: string;
  readonly #tell: (text: string) => void;
  #state: MonitorState | null = null;
  #version: StateVersion | null = null;

  private constructor(store: StateStore | null, cluster: string, tell: (text: string) => void) {
    this.#store = store;
    this.#cluster = cluster;
    this.#tell = tell;
  }

  /**
   * What is kept of the cluster; nothing without a directory.
   *
   * @param tell is told what the user should know of the files
   */
  static async open(
    directory: string | undefined,
    cluster: string,
    tell: (text: string) => void,
  ): Promise<KeptState> {
    const store = directory === undefined ? null : stateFiles(usableDirectory(directory), systemClock.now);
    const kept = new KeptState(store, cluster, tell);
    try {
      await kept.#load();
    } catch (error) {
      throw new UsageError(`--state: ${(error as Error).message}; give a directory whose files may be read`);
    }
    return kept;
  }

  get state(): MonitorState | null {
    return this.#state;
  }

  /** A state that cannot be written is told, and kept in this process all the same. */
  async keep(state: MonitorState): Promise<void> {
    this.#state = state;
    if (this.#store === null) return;
    try {
      const saved = await this.#store.save(this.#cluster, state, this.#version);
      if (saved.outcome === 'saved') this.#version = saved.version;
      else {
        this.#tell('another lagwarden keeps the same state and was quicker: what this poll added is dropped');
        await this.#load();
      }
    } catch (error) {
      this.#tell(`the state was not saved, and is lost when this ends: ${(error as Error).message}`);
    }
  }

  async #load(): Promise<void> {
    const loaded = (await this.#store?.load(this.#cluster)) ?? { outcome: 'none' };
    this.#state = loaded.outcome === 'loaded' ? loaded.state : null;
    this.#version = loaded.outcome === 'loaded' ? loaded.version : null;
    if (loaded.outcome === 'set-aside') {
      this.#tell(
        `the state cannot be used and watching begins anew: ${loaded.why}; it was moved to ${loaded.where}`,
      );
    }
    if (this.#state !== null && this.#state.memory.at > systemClock.now()) {
      const at = formatInstant(this.#state.memory.at);
      this.#tell(`the state is of ${at}, which is yet to come: nothing is judged before; check the clock`);
    }
  }
}

/** @throws UsageError where nobody could write into it */
export function usableDirectory(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return directory;
  } catch (error) {
    throw new UsageError(`--state: ${(error as Error).message}; give a directory that may be written to`);
  }
}
