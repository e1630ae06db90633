import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { clusterMark } from './cluster-processes.ts';

/** What every Java process of a cluster shares. */
export interface JavaHome {
  /** The Java launcher. */
  readonly command: string;
  readonly classpath: string;
  /** The cluster's data folder, by which its processes are known. */
  readonly folder: string;
}

/** A short start and a small footprint matter here, not peak speed. */
const smallJvm = [
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-XX:-UsePerfData',
  '-Djava.awt.headless=true',
];
/** Group ids may hold any character, whatever the locale of this machine. */
const utf8 = ['-Dfile.encoding=UTF-8', '-Dstdout.encoding=UTF-8', '-Dstderr.encoding=UTF-8'];

/** Starts a Java class of Kafka's with the cluster's mark; `log` is the lowest level that goes to stderr. */
export function spawnJava(
  java: JavaHome,
  jvmOptions: readonly string[],
  mainClass: string,
  args: readonly string[],
  log: 'info' | 'warn',
  options: SpawnOptions,
): ChildProcess {
  return spawn(
    java.command,
    [
      ...smallJvm,
      ...utf8,
      ...jvmOptions,
      clusterMark(java.folder),
      `-Dorg.slf4j.simpleLogger.defaultLogLevel=${log}`,
      '-Dorg.slf4j.simpleLogger.showDateTime=true',
      '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
      '-cp',
      java.classpath,
      mainClass,
      ...args,
    ],
    { ...options, env: { ...process.env, ...options.env, LC_ALL: 'C.UTF-8' } },
  );
}

/** Resolves when a process has ended, at once if it has already. */
export function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve();
  child.ref();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** Asks a process to end, kills it when it has not after `patienceMs`, and resolves when it is gone. */
export async function endGently(child: ChildProcess, patienceMs: number): Promise<void> {
  const gone = ended(child);
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await gone;
  clearTimeout(timer);
}
