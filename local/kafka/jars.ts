import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Environment, mavenCommand } from './java-and-maven.ts';
import { type KafkaRelease, type KafkaVersion, kafkaVersions, resolveVersion } from './version.ts';

/** What one Kafka release needs to run, on disk. */
export interface KafkaJars {
  readonly release: KafkaRelease;
  /** Java class path of the broker and of Kafka's own tools. */
  readonly classpath: string;
  /** Jolokia's Java agent, which serves a broker's JMX counters as JSON over HTTP. */
  readonly jmxAgent: string;
}

const projectRoot = path.resolve(import.meta.dirname, '..', '..');
const defaultCache = path.join(projectRoot, '.cache', 'kafka');
const agentVersion = '2.2.9';
const copyDependencies = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const abandonedAfterMs = 60 * 60 * 1000;

/**
 * The jars of a Kafka version, fetched by Maven on first use into `<cache>/<release>/` (default: `.cache/kafka` of
 * the project). A download happens beside its place and is renamed when whole, so that two processes may fetch at
 * once and a half-finished download never counts. Throws when Maven is missing or fails, with Maven's own words.
 */
export async function kafkaJars(
  version: KafkaVersion,
  {
    cache = defaultCache,
    environment = process.env,
    signal,
  }: { cache?: string; environment?: Environment; signal?: AbortSignal | undefined } = {},
): Promise<KafkaJars> {
  const { release } = resolveVersion(version);
  if (!isCached(release, cache)) await fetchJars(release, cache, environment, signal);
  const folder = path.join(cache, release);
  return {
    release,
    classpath: path.join(folder, 'libs', '*'),
    jmxAgent: path.join(folder, 'jmx-agent.jar'),
  };
}

/** Whether the jars of every pinned release are there, so that Maven is not needed. */
export function allJarsAreCached(): boolean {
  return kafkaVersions.every((version) => isCached(resolveVersion(version).release, defaultCache));
}

function isCached(release: KafkaRelease, cache: string): boolean {
  const pom = path.join(cache, release, 'pom.xml');
  return existsSync(pom) && readFileSync(pom, 'utf8') === projectModel(release);
}

async function fetchJars(
  release: KafkaRelease,
  cache: string,
  environment: Environment,
  signal: AbortSignal | undefined,
): Promise<void> {
  const maven = mavenCommand(environment);
  await removeAbandoned(cache);
  const place = path.join(cache, release);
  const partial = `${place}.${randomBytes(6).toString('hex')}.partial`;
  try {
    await mkdir(partial, { recursive: true });
    await writeFile(path.join(partial, 'pom.xml'), projectModel(release));
    await runMaven(maven, partial, release, environment, signal);
    await rename(
      path.join(partial, 'libs', `jolokia-agent-jvm-${agentVersion}-javaagent.jar`),
      path.join(partial, 'jmx-agent.jar'),
    );
    await putInPlace(partial, place, () => isCached(release, cache));
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function runMaven(
  maven: string,
  folder: string,
  release: string,
  environment: Environment,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await promisify(execFile)(
      maven,
      ['-q', '-B', copyDependencies, '-DincludeScope=runtime', '-DoutputDirectory=libs'],
      { cwd: folder, env: { ...environment }, maxBuffer: 64 * 1024 * 1024, signal },
    );
  } catch (error) {
    signal?.throwIfAborted();
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    const said = `${stdout}${stderr}`.trim().split('\n').slice(0, 12).join('\n') || message;
    throw new Error(
      `Maven could not fetch the jars of Kafka ${release}; is a Maven repository reachable (settings.xml, proxy)?\n${said}`,
      { cause: error },
    );
  }
}

/** Renames a whole download to its place; where another process was faster, its download is used. */
async function putInPlace(partial: string, place: string, isThere: () => boolean): Promise<void> {
  for (;;) {
    try {
      await rename(partial, place);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
      if (isThere()) return;
      // What stands there was fetched by another project model, or is no download at all.
      const outdated = `${place}.${randomBytes(6).toString('hex')}.partial`;
      await rename(place, outdated).catch(ignoreMissing);
      await rm(outdated, { recursive: true, force: true });
    }
  }
}

/** Removes what downloads that were killed have left. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    if (!name.endsWith('.partial')) continue;
    const folder = path.join(cache, name);
    const touched = await stat(folder).catch(() => null);
    if (touched !== null && Date.now() - touched.mtimeMs > abandonedAfterMs)
      await rm(folder, { recursive: true, force: true });
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/**
 * The Maven project whose dependencies are the jars. slf4j-simple sends Kafka's log to stderr: the 4.x jars bring no
 * binding, and that of 3.9 is left out so that every release logs alike.
 */
function projectModel(release: KafkaRelease): string {
  const kafka = (artifact: string) => `    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>${artifact}</artifactId><version>${release}</version>
      <exclusions><exclusion><groupId>org.slf4j</groupId><artifactId>slf4j-reload4j</artifactId></exclusion></exclusions>
    </dependency>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>lagwarden.local</groupId><artifactId>kafka</artifactId><version>${release}</version>
  <packaging>pom</packaging>
  <dependencies>
${kafka('kafka_2.13')}
${kafka('kafka-tools')}
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
    <dependency>
      <groupId>org.jolokia</groupId><artifactId>jolokia-agent-jvm</artifactId><version>${agentVersion}</version>
      <classifier>javaagent</classifier>
      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>
    </dependency>
  </dependencies>
</project>
`;
}
