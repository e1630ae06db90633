import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export interface ConsumingOptions {
  /** Addresses as `host:port`. */
  readonly bootstrap: readonly string[];
  readonly group: string;
  readonly topic: string;
  /** One member each. */
  readonly clientIds: readonly string[];
  /** After so long the brokers give up a member that they hear nothing of. */
  readonly sessionTimeoutMs: number;
}

/** Members of a classic group in a process of their own, which can be killed like any process: without a word. */
export class ConsumingProcess implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when every member has joined. */
  static async start(options: ConsumingOptions): Promise<ConsumingProcess> {
    const program = path.join(import.meta.dirname, 'consumer-program.ts');
    const child = spawn(process.execPath, ['--no-warnings', program, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const started = new ConsumingProcess(child);
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint += text;
    });
    const joined = new Set<string>();
    for await (const line of createInterface({ input: child.stdout as NonNullable<typeof child.stdout> })) {
      joined.add(line);
      if (joined.size === options.clientIds.length) return started;
    }
    throw new Error(`the consuming process ended: ${complaint}`);
  }

  /** Ends it as a power cut would, and resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
