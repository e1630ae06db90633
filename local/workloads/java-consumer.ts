import type { ChildProcess } from 'node:child_process';
import { endGently } from '../kafka/java.ts';
import type { Estate } from './workload.ts';

/** One of Kafka's own console consumers, for what kafkajs cannot speak. */
export interface JavaConsumer {
  /** Lines printed so far, one a record. */
  readonly received: number;
  /** Whether it runs; throws with what it said if it has ended. */
  check(): void;
  end(): Promise<void>;
}

/** Starts a console consumer by its Java class. */
export function startJavaConsumer(
  { cluster }: Estate,
  mainClass: string,
  args: readonly string[],
): JavaConsumer {
  const child: ChildProcess = cluster.spawnTool(mainClass, [
    '--bootstrap-server',
    cluster.bootstrap,
    ...args,
  ]);
  let received = 0;
  let complaint = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    received += text.split('\n').length - 1;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  return {
    get received() {
      return received;
    },
    check: () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`${mainClass} has ended with ${child.signalCode ?? child.exitCode}:\n${complaint}`);
    },
    end: () => endGently(child, 3000),
  };
}
