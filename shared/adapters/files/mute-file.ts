import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { MuteFileError, parseMuteFile, writeMuteFile } from '../../contracts/mute-file.ts';
import type { KeptMute, MuteStore } from '../../ports/mute-store.ts';
import { whileLocked } from './file-lock.ts';
import { replaceFile } from './replace-file.ts';

/**
 * Mutes in `mutes.json` of the directory that holds the states; a directory that is not there is made by the first. A file
 * that cannot be used is left as it is: `MuteFileError` says what is wrong with it.
 */
export function muteFile(directory: string): MuteStore {
  const file = path.join(directory, 'mutes.json');
  const load = async (): Promise<readonly KeptMute[]> => {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    try {
      return parseMuteFile(text);
    } catch (error) {
      if (!(error instanceof MuteFileError)) throw error;
      throw new MuteFileError(`${file}: ${error.message}; correct it, or remove it to end all of its mutes`);
    }
  };
  return {
    load,
    async change(alter) {
      await mkdir(directory, { recursive: true });
      await whileLocked(file, async () => replaceFile(file, writeMuteFile(alter(await load()))));
    },
  };
}
