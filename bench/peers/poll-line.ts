/** What every peer prints, one JSON line a poll: the work done, so that speed is never bought with blindness. */
export interface PollLine {
  readonly wallMs: number;
  /** User and system time of the whole process during the poll. */
  readonly cpuMs: number;
  /** The same since the process started, loading included. */
  readonly processCpuMs: number;
  /** Group-partitions with a commit, and the sum of their lag. */
  readonly groupPartitions: number;
  readonly lag: number;
  /** Highest resident memory of the process so far. */
  readonly peakMb: number;
  /** Requests sent for it, where the peer can tell. */
  readonly requests?: number;
}

/** Polls so many times, one after another, and prints a line for each. */
export async function printPolls(
  polls: number,
  poll: () => Promise<Pick<PollLine, 'groupPartitions' | 'lag' | 'requests'>>,
): Promise<void> {
  for (let i = 0; i < polls; i++) {
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    const work = await poll();
    const cpu = process.cpuUsage(cpuBefore);
    const processCpu = process.cpuUsage();
    const line: PollLine = {
      ...work,
      wallMs: performance.now() - startedAt,
      cpuMs: (cpu.user + cpu.system) / 1000,
      processCpuMs: (processCpu.user + processCpu.system) / 1000,
      peakMb: process.resourceUsage().maxRSS / 1024,
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}
