import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, with a closing slash. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

const planted = 'test/architecture/planted';

/**
 * Paths from the root of all TypeScript files below the given folders; a folder that does not exist has none.
 * The planted violations are left out unless they are asked for: they break every rule on purpose.
 */
export function sourceFiles(...folders: readonly string[]): readonly string[] {
  return folders
    .filter((folder) => existsSync(`${root}${folder}`))
    .flatMap((folder) =>
      readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
        .map((file) => `${folder}/${file}`)
        .filter((file) => folder === planted || !file.startsWith(`${planted}/`)),
    )
    .filter((file) => file.endsWith('.ts'))
    .sort();
}
