import { setTimeout as delay } from 'node:timers/promises';
import { type Look, lookOnce, lookTable, status } from '../cli/commands/status.ts';
import { UsageError } from '../cli/exit-code.ts';
import { print } from '../cli/terminal.ts';
import { Fault } from '../shared/domain/fault.ts';
import { type DemoOptions, parseDemoOptions, usage } from './demo/command-line.ts';
import { interruption, unlessInterrupted } from './demo/interruption.ts';
import { standInNotice, startStandIn } from './demo/stand-in.ts';
import { differencesFromKafka, differencesFromStories } from './demo/verification.ts';
import { startKafkaCluster } from './kafka/cluster.ts';
import { type DescribedPartition, describeAllGroups } from './kafka/consumer-group-command.ts';
import { kafkaPrerequisites } from './kafka/prerequisites.ts';
import { hideNegativeTimerWarnings } from './workloads/kafkajs-warnings.ts';
import type { Workload } from './workloads/workload.ts';
import { shopWorkloads, startWorkloads, workloadSettings } from './workloads.ts';

const exitCode = { done: 0, wrong: 1, badUsage: 2, interrupted: 130 } as const;
const brokers = 3;
/** How long `--once` looks for the moment in which the groups that move are where they should be. */
const settledWithinMs = 30_000;
const betweenLooksMs = 300;
/** Clients of a cluster that is going away may hang; its end ends them too. */
const stopWorkloadsWithinMs = 3000;

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Prints the status of a cluster, again and again unless once is enough. */
async function watch(bootstrap: string, { once, everyMs }: DemoOptions, signal: AbortSignal): Promise<void> {
  for (let first = true; ; first = false) {
    if (!first) await print('\n');
    try {
      await unlessInterrupted(status({ brokers: bootstrap, all: true }), signal);
    } catch (error) {
      if (once || !(error instanceof Fault) || !error.retriable) throw error;
      progress(`no table this time: ${error.message}`);
    }
    if (once) return;
    await delay(everyMs, undefined, { signal });
  }
}

/** Starts a Kafka and the workloads, shows them, and stops all again whatever happens. */
async function demonstrate(options: DemoOptions, signal: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  signal.addEventListener('abort', () => progress('stopping…'));
  progress(
    `starting Kafka ${options.version} with ${brokers} brokers (the first time Maven fetches it, minutes)…`,
  );
  const cluster = await startKafkaCluster({
    version: options.version,
    brokers,
    settings: workloadSettings,
    signal,
  });
  progress(`Kafka ${cluster.version} is ready at ${cluster.bootstrap}; starting the applications…`);
  const workloads = shopWorkloads(cluster);
  try {
    await unlessInterrupted(
      startWorkloads(workloads, { cluster, report: (text) => signal.aborted || progress(text) }),
      signal,
    );
    progress(`all is as it should be after ${seconds(startedAt)} s`);
    const told = { by: 'ConsumerGroupCommand', described: () => describeAllGroups(cluster) };
    if (options.once)
      return await unlessInterrupted(showAndVerify(cluster.bootstrap, workloads, told), signal);
    progress('a table follows every few seconds; Ctrl-C ends the demo and removes its data');
    await watch(cluster.bootstrap, options, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    return exitCode.done;
  } finally {
    if (!signal.aborted) progress('stopping…');
    await Promise.race([
      Promise.allSettled(workloads.map((workload) => workload.stop())),
      delay(stopWorkloadsWithinMs),
    ]);
    await cluster.stop();
  }
}

/** Shows a stand-in for want of a Kafka, and says so. */
async function pretend(missing: string, options: DemoOptions, signal: AbortSignal): Promise<number> {
  progress(standInNotice(missing));
  const standIn = await startStandIn();
  try {
    if (options.once) {
      const told = { by: "the stand-in's own description", described: async () => standIn.described() };
      return await unlessInterrupted(showAndVerify(standIn.bootstrap, standIn.workloads, told), signal);
    }
    standIn.startMoving();
    progress('a table follows every few seconds; Ctrl-C ends the demo');
    await watch(standIn.bootstrap, options, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    return exitCode.done;
  } finally {
    await standIn.stop();
  }
}

/** Who says what is right, beside the stories. */
interface Told {
  readonly by: string;
  readonly described: () => Promise<readonly DescribedPartition[]>;
}

/** Prints one table, and says on standard error what is wrong with it. */
async function showAndVerify(bootstrap: string, workloads: readonly Workload[], told: Told): Promise<number> {
  const { look, differences } = await settledLook(bootstrap, workloads);
  await print(lookTable(look, { all: true }));
  progress(`comparing with ${told.by}…`);
  const oracle = differencesFromKafka(workloads, look.findings, await told.described(), told.by);
  const wrong = [...differences, ...oracle.differences];
  if (wrong.length > 0) {
    progress(`the table is wrong:\n${wrong.map((difference) => `  ${difference}`).join('\n')}`);
    return exitCode.wrong;
  }
  const quiet = workloads.filter((workload) => workload.quiet).length;
  progress(
    `correct: ${workloads.length} groups have the verdict, lag and members of their workload; in ${quiet} quiet groups all ${oracle.compared} partitions have the offsets that ${told.by} tells`,
  );
  return exitCode.done;
}

/** Looks until everything is as it should be; a group that keeps up may be seen between a record and its commit. */
async function settledLook(
  bootstrap: string,
  workloads: readonly Workload[],
): Promise<{ readonly look: Look; readonly differences: readonly string[] }> {
  const startedAt = performance.now();
  for (;;) {
    const look = await lookOnce({ brokers: bootstrap });
    const differences = differencesFromStories(workloads, look.findings, look.observation.snapshot.unread);
    if (differences.length === 0 || performance.now() - startedAt > settledWithinMs)
      return { look, differences };
    await delay(betweenLooksMs);
  }
}

function seconds(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(0);
}

async function run(options: DemoOptions, signal: AbortSignal): Promise<number> {
  if (options.help) {
    await print(usage);
    return exitCode.done;
  }
  try {
    if (options.brokers !== null) {
      await watch(options.brokers, options, signal);
      return exitCode.done;
    }
    const found = kafkaPrerequisites();
    if (!found.ok) return await pretend(found.message, options, signal);
    hideNegativeTimerWarnings();
    return await demonstrate(options, signal);
  } catch (error) {
    if (signal.aborted) return options.brokers === null ? exitCode.interrupted : exitCode.done;
    progress(`error: ${error instanceof Error ? error.message : String(error)}`);
    return error instanceof UsageError ? exitCode.badUsage : exitCode.wrong;
  }
}

let code: number;
try {
  const options = parseDemoOptions(process.argv.slice(2));
  code = await run(options, interruption());
} catch (error) {
  progress(`error: ${(error as Error).message}\n\n${usage}`);
  code = exitCode.badUsage;
}
// kafkajs may still hold timers of clients whose cluster is gone.
process.exit(code);
