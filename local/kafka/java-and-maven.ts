import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** The oldest Java that runs every pinned Kafka release. */
const oldestJava = 17;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The Java launcher: that of JAVA_HOME, else the first `java` in PATH. Throws if there is none or it is too old. */
export function javaCommand(environment: Environment = process.env): string {
  const fault = missingJava(environment);
  if (fault !== null) throw new Error(cannotStart([fault]));
  return javaLauncher(environment) as string;
}

/** The Maven launcher: the first `mvn` in PATH. Throws if there is none. */
export function mavenCommand(environment: Environment = process.env): string {
  const launcher = inPath('mvn', environment);
  if (launcher === null) throw new Error(cannotStart([missingMaven(environment) as string]));
  return launcher;
}

/** The one message that names what is missing and what to install. */
export function cannotStart(faults: readonly string[]): string {
  return (
    `no Kafka can be started here: ${faults.join('; ')}. ` +
    'Install them with `apt-get install openjdk-17-jdk-headless maven` (Debian) or `brew install openjdk@17 maven` (macOS)'
  );
}

/** What is wrong with the Java found here, null if nothing. */
export function missingJava(environment: Environment): string | null {
  const launcher = javaLauncher(environment);
  const wanted = `Java ${oldestJava} or newer is needed`;
  if (launcher === null) return `${wanted}, found no java in PATH or JAVA_HOME`;
  const run = spawnSync(launcher, ['-version'], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { ...environment },
  });
  if (run.status !== 0)
    return `${wanted}, found ${launcher}, which fails: ${(run.error?.message ?? run.stderr.trim()) || 'no output'}`;
  const version = /version "([^"]+)"/.exec(run.stderr)?.[1];
  if (version === undefined) return `${wanted}, found ${launcher}, which does not tell its version`;
  // Java 8 calls itself 1.8.
  const major = Number(/^(?:1\.)?(\d+)/.exec(version)?.[1]);
  return major >= oldestJava ? null : `${wanted}, found Java ${version} (${launcher})`;
}

/** What is wrong with the Maven found here, null if nothing. */
export function missingMaven(environment: Environment): string | null {
  return inPath('mvn', environment) === null
    ? 'Maven is needed to fetch the jars, found no mvn in PATH'
    : null;
}

function javaLauncher(environment: Environment): string | null {
  const home = environment['JAVA_HOME'];
  return (home ? executable(path.join(home, 'bin', 'java')) : null) ?? inPath('java', environment);
}

function inPath(name: string, environment: Environment): string | null {
  for (const folder of (environment['PATH'] ?? '').split(path.delimiter)) {
    const found = folder === '' ? null : executable(path.join(folder, name));
    if (found !== null) return found;
  }
  return null;
}

function executable(file: string): string | null {
  try {
    accessSync(file, constants.X_OK);
    return file;
  } catch {
    return null;
  }
}
