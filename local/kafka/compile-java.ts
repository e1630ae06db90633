import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { JavaHome } from './java.ts';

/** The compiler of the very Java that runs the brokers; a `javac` in PATH may be of another version. */
const compiler = ['-m', 'jdk.compiler/com.sun.tools.javac.Main'];
const source = path.join(import.meta.dirname, 'java', 'lagwarden', 'MskIamTokenValidator.java');

/** Why no Java can be compiled here, null if it can: a Java without compiler (JRE) is enough for everything else. */
export function missingCompiler(command: string): string | null {
  const { status } = spawnSync(command, [...compiler, '-version'], { timeout: 20_000 });
  return status === 0
    ? null
    : 'checking MSK IAM tokens needs a JDK, this Java has no compiler; install openjdk-17-jdk-headless';
}

/** Compiles what brokers load of ours into the cluster's folder and gives that folder. Throws what the compiler said. */
export async function compileJava({ command, classpath, folder }: JavaHome): Promise<string> {
  const classes = path.join(folder, 'classes');
  // The class path goes to Java, which resolves its wildcard; the compiler takes it over from there.
  await promisify(execFile)(command, ['-cp', classpath, ...compiler, '-proc:none', '-d', classes, source]);
  return classes;
}
