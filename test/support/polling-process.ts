import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { KafkaClusterOptions } from '../../shared/adapters/kafka/cluster-reader.ts';
import type { PasswordLogin } from '../../shared/adapters/kafka/logins.ts';
import type { Unread } from '../../shared/domain/unread.ts';
import { eventually } from './eventually.ts';
import { parseExactly } from './parse-exactly.ts';
import type { ReadingRow } from './readings.ts';

export interface PollerOptions extends Pick<KafkaClusterOptions, 'connectTimeoutMs' | 'silenceTimeoutMs'> {
  /** Addresses as `host:port`. */
  readonly bootstrap: readonly string[];
  readonly login?: { readonly tls: null; readonly sasl: PasswordLogin };
  /** Time a poll may take. */
  readonly deadlineMs: number;
}

/** One poll of the process: what it saw, or the fault that it ended with. */
export interface Polled {
  readonly rows: readonly ReadingRow[];
  readonly unread: readonly Unread[];
  /** By Kafka's name of the API; connecting included. */
  readonly requests: Readonly<Record<string, number>>;
  readonly fault: string | null;
  readonly tookMs: number;
}

/** Our poller in a process of its own, which keeps its connections from poll to poll and can be stopped like any process. */
export class PollingProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #stderr = '';

  constructor(options: PollerOptions) {
    const program = path.join(import.meta.dirname, 'poller.ts');
    const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: 'pipe' });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text;
    });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /** One poll. @throws Error with what the process printed where it has ended instead. */
  async poll(): Promise<Polled> {
    this.#child.stdin?.write('poll\n');
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the polling process ended: ${this.#stderr}`);
    return parseExactly(value, ['start', 'committed', 'stable', 'end', 'lag']) as Polled;
  }

  /** Stops the process where it is (SIGSTOP); `untilFrozen` tells when it has taken effect. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  /** Resolves when no thread of the process runs any more. */
  async untilFrozen(): Promise<void> {
    await eventually('the process is stopped', 5000, async () => {
      const { stdout } = await promisify(execFile)('ps', ['-o', 'state=', '-p', `${this.#child.pid}`]);
      return stdout.trim().startsWith('T');
    });
  }

  /** Lets it go on from where it was stopped (SIGCONT). */
  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
