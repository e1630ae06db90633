/**
 * Adds to package-lock.json the platform packages that `npm install` left out.
 *
 * A registry need not carry every optional platform package. `npm install` then drops the missing ones from the
 * lock without a word, and `npm ci` refuses that lock ("Missing: … from lock file"). Each one is written back here
 * with its version and with the platform that its name tells, so that it is installed there only; no integrity, since
 * nothing was fetched.
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** An optional package that a locked package names and that the lock does not hold. */
interface MissingPackage {
  readonly name: string;
  readonly version: string;
  readonly dev: boolean;
}

const systems = 'aix android darwin freebsd linux netbsd openbsd openharmony sunos win32'.split(' ');
const processors = 'arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x wasm32 x64'.split(' ');
const libraries: Readonly<Record<string, string>> = {
  musl: 'musl',
  musleabihf: 'musl',
  gnu: 'glibc',
  gnueabihf: 'glibc',
};

/** Every optional dependency that some locked package names and that has no entry of its own. */
export function missingPackages(lock: Lock): readonly MissingPackage[] {
  return Object.entries(lock.packages).flatMap(([place, { dev = false, optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !resolves(lock, place, name))
      .map(([name, version]) => ({ name, version, dev })),
  );
}

/** The lock with an entry for each missing package, in the order that npm writes. */
export function completeLock(lock: Lock): Lock {
  const added = missingPackages(lock).map(({ name, version, dev }): [string, LockedPackage] => [
    `node_modules/${name}`,
    entry(name, version, dev),
  ]);
  const packages = { ...lock.packages, ...Object.fromEntries(added) };
  const ordered = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return { ...lock, packages: Object.fromEntries(ordered) };
}

/** Node's own search: beside the package that asks, then in each enclosing node_modules. */
function resolves(lock: Lock, place: string, name: string): boolean {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]) return true;
    if (folder === '') return false;
  }
}

/**
 * What the lock says of a platform package; a name that tells no system is kept from being installed anywhere.
 * The keys stand in npm's order, so that npm has nothing to rewrite.
 */
function entry(name: string, version: string, dev: boolean): LockedPackage {
  const words = name.split(/[-/@.]/);
  const system = systems.find((each) => words.includes(each)) ?? 'none';
  const processor = processors.find((each) => words.includes(each));
  const library = words.flatMap((word) => libraries[word] ?? [])[0];
  return {
    version,
    ...(processor ? { cpu: [processor] } : {}),
    ...(dev ? { dev } : {}),
    ...(library ? { libc: [library] } : {}),
    optional: true,
    os: [system],
  };
}

if (import.meta.main) {
  const file = new URL('../package-lock.json', import.meta.url);
  const lock: Lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingPackages(lock);
  writeFileSync(file, `${JSON.stringify(completeLock(lock), null, 2)}\n`);
  process.stdout.write(`${missing.length} platform packages added to package-lock.json\n`);
}
