import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { KafkaCluster } from '../local/kafka/cluster.ts';
import { parseDescribedGroups, spawnDescribeAllGroups } from '../local/kafka/consumer-group-command.ts';
import type { Peer } from './peers.ts';

/** Kafka's own tool as a peer: every run is a JVM of its own, so that there is no warm poll. */
export const consumerGroupCommand: Pick<Peer, 'name' | 'reads'> = {
  name: 'ConsumerGroupCommand (Java)',
  reads: 'commits and ends',
};

const sampleMs = 10;
/** Kernels count a process's time in hundredths of a second for /proc, whatever their own clock. */
const tickMs = 10;

/** One run, from the start of its JVM to its end. CPU and memory are of Linux's /proc, NaN elsewhere. */
export async function runConsumerGroupCommand(cluster: KafkaCluster): Promise<{
  wallMs: number;
  cpuMs: number;
  peakMb: number;
  groupPartitions: number;
  lag: bigint;
}> {
  const startedAt = performance.now();
  const child = spawnDescribeAllGroups(cluster);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  let used = { cpuMs: Number.NaN, peakMb: Number.NaN };
  const sampling = setInterval(() => {
    used = usedSoFar(child.pid) ?? used;
  }, sampleMs);
  const [code] = await once(child, 'close').finally(() => clearInterval(sampling));
  const wallMs = performance.now() - startedAt;
  if (code !== 0)
    throw new Error(`${consumerGroupCommand.name} ended with code ${code}: ${output.stdout}${output.stderr}`);
  const rows = parseDescribedGroups(output.stdout).filter((row) => row.lag !== null);
  const lag = rows.reduce((sum, row) => sum + (row.lag ?? 0n), 0n);
  return { wallMs, ...used, groupPartitions: rows.length, lag };
}

/** User and system time and the highest resident memory of a living process; null once it is gone. */
function usedSoFar(pid: number | undefined): { cpuMs: number; peakMb: number } | null {
  try {
    // Behind the name in brackets, which may hold anything, utime and stime are the 12th and 13th field.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const peakKb = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (peakKb === undefined) return null;
    return { cpuMs: (Number(fields[11]) + Number(fields[12])) * tickMs, peakMb: Number(peakKb) / 1024 };
  } catch {
    return null;
  }
}
