import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BrokerProcess, type KafkaBroker } from './broker.ts';
import {
  type BrokerPlace,
  brokerSettings,
  formatFeatures,
  loopback,
  propertiesText,
} from './broker-settings.ts';
import type { CertificateFiles } from './certificates.ts';
import { formatDataFolders } from './data-folders.ts';
import { kafkaJars } from './jars.ts';
import { ended, type JavaHome, spawnJava } from './java.ts';
import { javaCommand } from './java-and-maven.ts';
import { freePorts } from './ports.ts';
import { untilReady } from './readiness.ts';
import { type RequestCounts, readOnlyPolicy, readRequestCounts } from './request-counts.ts';
import { type ClusterSecurity, prepareSecurity } from './security.ts';
import { type KafkaVersion, resolveVersion } from './version.ts';

/** What one of Kafka's own tools said. */
export interface ToolResult {
  readonly stdout: string;
  readonly stderr: string;
  /** -1 if the tool was ended by a signal. */
  readonly exitCode: number;
}

export interface ToolOptions {
  /** Text for the tool's standard input, such as the records of a console producer. Nothing when absent. */
  readonly input?: string;
  /** The tool is killed, and the call throws, after this time. @default 60_000 */
  readonly timeoutMs?: number;
}

export interface KafkaClusterOptions extends ClusterSecurity {
  readonly version: KafkaVersion;
  /** With three, any one can be lost and the cluster stays usable. */
  readonly brokers: 1 | 2 | 3;
  /** Broker settings that win over the launcher's own, for every broker. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether `requestCounts` will be asked for: it costs each broker a JMX agent. @default false */
  readonly countRequests?: boolean;
  /** How long starting, and each restart, may take. @default 90_000 */
  readonly readyWithinMs?: number;
  /** Gives up starting when it fires: what was started is ended, then its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** A real Kafka on this machine, with nothing but loopback listeners. */
export interface KafkaCluster extends AsyncDisposable {
  /** The exact release. */
  readonly version: string;
  /** Addresses of all brokers, separated by commas. */
  readonly bootstrap: string;
  readonly brokers: readonly KafkaBroker[];
  /** Certificates to connect with to listeners that speak TLS. */
  readonly certificates: CertificateFiles;
  /** Addresses of all brokers at one of the `listeners`. */
  bootstrapOf(listener: string): string;
  /** Holds data and logs (`broker-<id>.log`), and is removed by `stop`. */
  readonly folder: string;
  /** Ends a broker as a power cut would, and resolves when it is gone. */
  kill(brokerId: number): Promise<void>;
  /** Makes a broker silent: its connections stay open and nothing answers. */
  pause(brokerId: number): void;
  resume(brokerId: number): void;
  /** Starts a broker again, on the same port with the same data, after stopping it if need be; resolves when ready. */
  restart(brokerId: number): Promise<void>;
  /** Runs one of Kafka's own tools, by its Java class, to its end. A non-zero exit code is no error. */
  tool(mainClass: string, args: readonly string[], options?: ToolOptions): Promise<ToolResult>;
  /** Starts one of Kafka's own tools, such as a console consumer, with pipes. It is killed by `stop`. */
  spawnTool(mainClass: string, args: readonly string[]): ChildProcess;
  /**
   * How many requests of each kind all brokers have answered since their start, those of other brokers and of the
   * launcher's own readiness check included: compare two readings. Brokers that are killed or paused are left out.
   */
  requestCounts(): Promise<RequestCounts>;
  /** Ends all brokers and tools and removes the data; a second call does nothing. */
  stop(): Promise<void>;
}

const defaultReadyWithinMs = 90_000;
const defaultToolTimeoutMs = 60_000;
const portAttempts = 3;
const toolJvm = ['-Xmx256m', '-Xms32m'];

/**
 * Starts a cluster and resolves when it is ready for clients. Whatever becomes of this process, its brokers and their
 * data do not outlive it. Throws if Java or Maven is missing, a broker does not start (with the end of its log), or
 * the deadline passes.
 */
export async function startKafkaCluster(options: KafkaClusterOptions): Promise<KafkaCluster> {
  if (![1, 2, 3].includes(options.brokers))
    throw new RangeError(`1, 2 or 3 brokers are allowed, not ${options.brokers}`);
  const command = javaCommand();
  const jars = await kafkaJars(options.version, { signal: options.signal });
  for (let attempt = 1; ; attempt++) {
    const folder = mkdtempSync(path.join(tmpdir(), 'lagwarden-kafka-'));
    const cluster = new LocalCluster(options, { command, classpath: jars.classpath, folder }, jars.jmxAgent);
    try {
      await cluster.start();
      return cluster;
    } catch (error) {
      // Brokers without a quorum would wait long for one before they end in good order.
      await Promise.all(cluster.brokers.map(({ id }) => cluster.kill(id)));
      await cluster.stop();
      // Another process may have taken a port since it was found free.
      if (attempt === portAttempts || !/Address already in use|BindException/.test(String(error)))
        throw error;
    }
  }
}

class LocalCluster implements KafkaCluster {
  readonly version: string;
  readonly folder: string;
  #brokers: readonly BrokerProcess[] = [];
  #places: readonly BrokerPlace[] = [];
  #certificates: CertificateFiles | null = null;
  readonly #tools = new Set<ChildProcess>();
  readonly #options: KafkaClusterOptions;
  #java: JavaHome;
  readonly #jmxAgent: string;
  readonly #watchdog: ChildProcess;
  #stopped: Promise<void> | null = null;

  constructor(options: KafkaClusterOptions, java: JavaHome, jmxAgent: string) {
    this.version = resolveVersion(options.version).release;
    this.folder = java.folder;
    this.#options = options;
    this.#java = java;
    this.#jmxAgent = jmxAgent;
    this.#watchdog = startWatchdog(java.folder);
  }

  get brokers(): readonly KafkaBroker[] {
    return this.#brokers;
  }

  get bootstrap(): string {
    return this.#brokers.map(({ host, port }) => `${host}:${port}`).join(',');
  }

  get certificates(): CertificateFiles {
    if (this.#certificates === null) throw new Error('this cluster was started without listeners');
    return this.#certificates;
  }

  bootstrapOf(listener: string): string {
    const addresses = this.#places.flatMap(({ secured }) =>
      secured.filter((own) => own.listener.name === listener).map(({ port }) => `${loopback}:${port}`),
    );
    if (addresses.length > 0) return addresses.join(',');
    const names = (this.#options.listeners ?? []).map(({ name }) => name).join(', ') || 'none';
    throw new RangeError(`no listener '${listener}': this cluster has ${names} beside the plaintext one`);
  }

  async start(): Promise<void> {
    const { line } = resolveVersion(this.#options.version);
    const ids = Array.from({ length: this.#options.brokers }, (_, index) => index + 1);
    const listeners = this.#options.listeners ?? [];
    const ports = await freePorts(ids.length * (3 + listeners.length));
    const take = () => ports.pop() as number;
    const places = ids.map((id) => ({
      id,
      port: take(),
      controllerPort: take(),
      secured: listeners.map((listener) => ({ listener, port: take() })),
    }));
    this.#places = places;
    const policy = path.join(this.folder, 'jmx-policy.xml');
    if (this.#options.countRequests) await writeFile(policy, readOnlyPolicy);

    const security = await prepareSecurity(this.#options, this.#java);
    this.#certificates = security.certificates;
    this.#java = security.java;
    const overrides = { ...security.settings, ...this.#options.settings };
    this.#brokers = await Promise.all(
      places.map(async (place) => {
        const file = this.#propertiesFile(place.id);
        await writeFile(file, propertiesText(brokerSettings(place, places, line, this.folder, overrides)));
        return new BrokerProcess(
          place,
          this.#java,
          file,
          this.#options.countRequests ? this.#jmx(take(), policy) : null,
        );
      }),
    );
    await formatDataFolders(
      this,
      places.map(({ id }) => id),
      this.#propertiesFile(ids[0] as number),
      { features: formatFeatures(line), users: this.#options.users ?? {} },
    );
    this.#options.signal?.throwIfAborted();
    for (const broker of this.#brokers) broker.start();
    await this.#untilReady();
  }

  async kill(brokerId: number): Promise<void> {
    await this.#broker(brokerId).kill();
  }

  pause(brokerId: number): void {
    this.#broker(brokerId).pause();
  }

  resume(brokerId: number): void {
    this.#broker(brokerId).resume();
  }

  async restart(brokerId: number): Promise<void> {
    const broker = this.#broker(brokerId);
    await broker.end();
    broker.start();
    await this.#untilReady();
  }

  async tool(mainClass: string, args: readonly string[], options: ToolOptions = {}): Promise<ToolResult> {
    const { input = '', timeoutMs = defaultToolTimeoutMs } = options;
    const child = this.spawnTool(mainClass, args);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8');
      child[name]?.on('data', (text: string) => {
        output[name] += text;
      });
    }
    // A tool that ends before it has read all of its input closes the pipe; its exit code tells the story.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    try {
      const [exitCode] = (await once(child, 'close')) as [number | null];
      if (late)
        throw new Error(`${mainClass} was not done after ${timeoutMs} ms\n${output.stdout}${output.stderr}`);
      return { ...output, exitCode: exitCode ?? -1 };
    } finally {
      clearTimeout(timer);
    }
  }

  spawnTool(mainClass: string, args: readonly string[]): ChildProcess {
    if (this.#stopped !== null) throw new Error('the Kafka cluster is stopped');
    const child = spawnJava(this.#java, toolJvm, mainClass, args, 'warn', { stdio: 'pipe' });
    this.#tools.add(child);
    child.once('exit', () => this.#tools.delete(child));
    return child;
  }

  async requestCounts(): Promise<RequestCounts> {
    const running = this.#brokers.filter((broker) => broker.isRunning);
    const ports = running.map(({ jmxPort }) => jmxPort).filter((port) => port !== null);
    if (ports.length < running.length)
      throw new Error('request counts are not kept: start the cluster with countRequests: true');
    return readRequestCounts(ports);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<void> {
    const tools = [...this.#tools].map((tool) => {
      const gone = ended(tool);
      tool.kill('SIGKILL');
      return gone;
    });
    await Promise.all([...tools, ...this.#brokers.map((broker) => this.#endOne(broker))]);
    // From here on the watchdog does what it would do after a crash: look for leftovers and remove the data.
    const cleared = ended(this.#watchdog);
    this.#watchdog.stdin?.end();
    await cleared;
    if (this.#watchdog.exitCode !== 0)
      throw new Error(
        `the watchdog failed with exit code ${this.#watchdog.exitCode}: look at ${this.folder}`,
      );
  }

  /** The last brokers of a cluster cannot end in good order: there is no quorum left to hand over to. */
  async #endOne(broker: BrokerProcess): Promise<void> {
    await broker.end();
    const alive = this.#brokers.filter(({ isAlive }) => isAlive);
    if (alive.length <= this.#brokers.length / 2) await Promise.all(alive.map((left) => left.kill()));
  }

  async #untilReady(): Promise<void> {
    const { readyWithinMs = defaultReadyWithinMs, signal } = this.#options;
    await untilReady(this.#brokers, readyWithinMs, signal);
  }

  #broker(brokerId: number): BrokerProcess {
    const broker = this.#brokers.find(({ id }) => id === brokerId);
    if (broker === undefined)
      throw new RangeError(
        `no broker ${brokerId}: this cluster has ${this.#brokers.map(({ id }) => id).join(', ')}`,
      );
    return broker;
  }

  #propertiesFile(brokerId: number): string {
    return path.join(this.folder, `broker-${brokerId}.properties`);
  }

  #jmx(port: number, policy: string): { port: number; jvmOption: string } {
    const agentOptions = `host=${loopback},port=${port},discoveryEnabled=false,policyLocation=file://${policy}`;
    return { port, jvmOption: `-javaagent:${this.#jmxAgent}=${agentOptions}` };
  }
}

/** A process that clears up after this one, even after a SIGKILL; it notices by the end of its standard input. */
function startWatchdog(folder: string): ChildProcess {
  const watchdog = spawn(process.execPath, [path.join(import.meta.dirname, 'watchdog.ts'), folder], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
    cwd: tmpdir(),
  });
  watchdog.unref();
  (watchdog.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return watchdog;
}
