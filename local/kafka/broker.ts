import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type BrokerPlace, loopback } from './broker-settings.ts';
import { ended, endGently, type JavaHome, spawnJava } from './java.ts';

/** One broker as a test sees it. */
export interface KafkaBroker {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  /** Of the running process, or of the last one when it was killed. */
  readonly pid: number;
}

const brokerJvm = ['-Xmx512m', '-Xms128m'];
/** Long enough for a broker to hand over its partitions; what it writes is thrown away in the end. */
const shutdownPatienceMs = 6000;
const kafkaLog = 'kafka.server.KafkaRaftServer';

/** The process of one broker: it may be killed, paused and started again on the same port with the same data. */
export class BrokerProcess implements KafkaBroker {
  readonly id: number;
  readonly host = loopback;
  readonly port: number;
  /** Where the broker's counters can be read over HTTP, null if they are not wanted. */
  readonly jmxPort: number | null;
  readonly #java: JavaHome;
  readonly #jvmOptions: readonly string[];
  readonly #propertiesFile: string;
  readonly #logFile: string;
  #child: ChildProcess | null = null;
  #spawnFault: Error | null = null;
  #logStart = 0;
  #paused = false;

  constructor(
    place: BrokerPlace,
    java: JavaHome,
    propertiesFile: string,
    jmx: { readonly port: number; readonly jvmOption: string } | null,
  ) {
    this.id = place.id;
    this.port = place.port;
    this.jmxPort = jmx?.port ?? null;
    this.#java = java;
    this.#jvmOptions = jmx === null ? brokerJvm : [...brokerJvm, jmx.jvmOption];
    this.#propertiesFile = propertiesFile;
    this.#logFile = path.join(java.folder, `broker-${place.id}.log`);
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error(`broker ${this.id} was never started`);
    return this.#child.pid;
  }

  /** Alive and not paused: it should answer. */
  get isRunning(): boolean {
    return this.isAlive && !this.#paused;
  }

  get isAlive(): boolean {
    const child = this.#child;
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Starts the process; `checkStart` tells how far it has come. */
  start(): void {
    if (this.isAlive) throw new Error(`broker ${this.id} is running already (pid ${this.pid})`);
    this.#logStart = this.#log().length;
    const log = openSync(this.#logFile, 'a');
    this.#spawnFault = null;
    // In a session of its own: a Ctrl-C in the terminal is for the launcher, which stops the brokers in order.
    this.#child = spawnJava(this.#java, this.#jvmOptions, 'kafka.Kafka', [this.#propertiesFile], 'info', {
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.#child.once('error', (error) => {
      this.#spawnFault = error;
    });
    // A forgotten cluster must not keep its parent alive; the watchdog clears it up.
    this.#child.unref();
    this.#paused = false;
  }

  /** Whether this process has registered and opened its doors. Throws with the end of the log if it has ended. */
  checkStart(): boolean {
    if (this.#spawnFault !== null)
      throw new Error(`broker ${this.id} could not be started`, { cause: this.#spawnFault });
    if (!this.isAlive)
      throw new Error(
        `broker ${this.id} ended with ${this.#child?.signalCode ?? `exit code ${this.#child?.exitCode}`}; ${this.logTail()}`,
      );
    return this.#log()
      .slice(this.#logStart)
      .split('\n')
      .some((line) => line.includes(kafkaLog) && line.endsWith('Kafka Server started'));
  }

  /** The last lines of this broker's log, with a heading. */
  logTail(lines = 25): string {
    const tail = this.#log().slice(this.#logStart).trimEnd().split('\n').slice(-lines);
    return `the end of the log of broker ${this.id}:\n${tail.map((line) => `  ${line}`).join('\n')}`;
  }

  async kill(): Promise<void> {
    if (!this.isAlive) return;
    const gone = ended(this.#running());
    this.#running().kill('SIGKILL');
    await gone;
    this.#paused = false;
  }

  async end(): Promise<void> {
    if (this.isAlive) await endGently(this.#running(), shutdownPatienceMs);
    this.#paused = false;
  }

  pause(): void {
    this.#running().kill('SIGSTOP');
    this.#paused = true;
  }

  resume(): void {
    this.#running().kill('SIGCONT');
    this.#paused = false;
  }

  #running(): ChildProcess {
    if (this.#child === null || !this.isAlive) throw new Error(`broker ${this.id} is not running`);
    return this.#child;
  }

  #log(): string {
    try {
      return readFileSync(this.#logFile, 'utf8');
    } catch {
      return '';
    }
  }
}
