import { createHash } from 'node:crypto';
import { mkdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { StateFileError } from '../../contracts/state-file/state-file-error.ts';
import { packState, unpackState } from '../../contracts/state-file.ts';
import type { StateStore, StateVersion } from '../../ports/state-store.ts';
import { whileLocked } from './file-lock.ts';
import { toFileName } from './file-name.ts';
import { replaceFile } from './replace-file.ts';

/**
 * One file a cluster in a directory, which is made where there is none. A file that cannot be used is renamed, never
 * overwritten.
 *
 * @param now the time of day in ms, which names what is set aside
 */
export function stateFiles(directory: string, now: () => number): StateStore {
  const fileOf = (cluster: string) => path.join(directory, `${toFileName(cluster)}.state`);
  return {
    async load(cluster) {
      const file = fileOf(cluster);
      const bytes = await readIfThere(file);
      if (bytes === null) return { outcome: 'none' };
      try {
        return { outcome: 'loaded', state: unpackState(bytes), version: versionOf(bytes) };
      } catch (error) {
        if (!(error instanceof StateFileError)) throw error;
        const where = `${file}.set-aside-${new Date(now()).toISOString().replaceAll(':', '')}`;
        await rename(file, where);
        return { outcome: 'set-aside', why: error.message, where };
      }
    },

    async save(cluster, state, after) {
      const file = fileOf(cluster);
      const bytes = packState(state);
      await mkdir(directory, { recursive: true });
      return whileLocked(file, async () => {
        const there = await readIfThere(file);
        if ((there === null ? null : versionOf(there)) !== after) return { outcome: 'lost-race' };
        await replaceFile(file, bytes);
        return { outcome: 'saved', version: versionOf(bytes) };
      });
    },
  };
}

async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function versionOf(bytes: Uint8Array): StateVersion {
  return createHash('sha256').update(bytes).digest('hex');
}
