import { Command, CommanderError, Option } from 'commander';
import { Fault } from '../shared/domain/fault.ts';
import { terminalSafe } from '../shared/views/escape.ts';
import { type DoctorOptions, doctor } from './commands/doctor.ts';
import { type ExplainOptions, explain } from './commands/explain.ts';
import { type MuteOptions, mute } from './commands/mute.ts';
import { type RecordOptions, record } from './commands/record.ts';
import { type ReplayOptions, replay } from './commands/replay.ts';
import { type StatusOptions, status } from './commands/status.ts';
import { type WatchOptions, watch } from './commands/watch.ts';
import { loginKinds } from './credentials.ts';
import { exitCode, UsageError } from './exit-code.ts';
import { version } from './version.ts';

/** Options that every command shares which looks at groups of a cluster. */
function readingCommand(program: Command, name: string): Command {
  return connectingCommand(program, name)
    .option('--group <glob...>', 'only groups whose id matches (* and ? are wildcards)')
    .option('--topic <glob...>', 'only topics whose name matches');
}

/** Options that say which cluster, and how to log in. */
function connectingCommand(program: Command, name: string): Command {
  return program
    .command(name)
    .option('--brokers <host:port,...>', 'brokers to ask first')
    .option(
      '--config <file>',
      'configuration (default: ./lagwarden.yaml where it exists and --brokers is not given)',
    )
    .option('--cluster <name>', 'which cluster of the configuration')
    .addOption(
      new Option('--auth <login>', 'how to log in (default: what the configuration says, else none)').choices(
        loginKinds,
      ),
    )
    .option('--username <name>', 'for scram and plain')
    .option('--password-file <file>', 'for scram and plain')
    .option('--no-tls', 'for scram and plain: the listener is plaintext')
    .option('--ca <file>', 'authorities to trust (PEM); default: the public ones')
    .option('--cert <file>', 'for mtls: client certificate (PEM)')
    .option('--key <file>', 'for mtls: its key (PEM)');
}

function failOn(description: string): Option {
  return new Option('--fail-on <severity>', description).choices(['warning', 'critical']);
}

function buildProgram(run: (code: Promise<number>) => Promise<void>): Command {
  const program = new Command('lagwarden')
    .description('Which Kafka consumer groups are stuck, why, and how long is left.')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'lagwarden: ')) })
    .showHelpAfterError('(--help shows what is allowed)');

  readingCommand(program, 'status')
    .description('read the cluster once and show every group, worst first')
    .option('--json', 'print one lagwarden.status/1 document')
    .option('--all', 'list every group, also those that are ok')
    .addOption(failOn('exit with 4 if a group is that bad'))
    .addHelpText(
      'after',
      `
Examples:
  lagwarden status --brokers localhost:9092
  lagwarden status --brokers localhost:9092 --group 'payments-*'      with every partition
  lagwarden status --config lagwarden.yaml --json | jq '.groups[] | select(.severity == "critical")'

Exit codes: 0 done (also where parts could not be read), 1 fault, 2 bad usage or configuration, 4 --fail-on met`,
    )
    .action((options: StatusOptions) => run(status(options)));

  readingCommand(program, 'watch')
    .description(
      'poll again and again with memory: a live table on a terminal, what changes as lines on a pipe',
    )
    .option('--every <duration>', 'time between polls (default: 5s on a terminal, else as configured: 1m)')
    .option('--state <dir>', 'keep memory in this directory, so that the next watch goes on from it')
    .option('--json', 'print one lagwarden.status/1 document a poll and line, transitions included')
    .option('--all', 'list every group, also those that are ok')
    .addHelpText(
      'after',
      `
Examples:
  lagwarden watch --brokers localhost:9092
  lagwarden watch --brokers localhost:9092 --state ~/.lagwarden --every 1m >> changes.log
  lagwarden watch --brokers localhost:9092 --json | jq -c '.transitions[] | select(.to == "firing")'

Exit codes: 0 ended by SIGINT or SIGTERM, 1 fault, 2 bad usage or configuration`,
    )
    .action((options: WatchOptions) => run(watch(options)));

  connectingCommand(program, 'explain')
    .argument('<group>', 'the id of one group, no wildcards')
    .description('tell all that is held of one group in words, and what to do next')
    .option('--state <dir>', 'explain with the memory that lagwarden watch keeps there')
    .addHelpText(
      'after',
      `
Examples:
  lagwarden explain payments-settlement --brokers localhost:9092
  lagwarden explain payments-settlement --brokers localhost:9092 --state ~/.lagwarden

Exit codes: 0 done, 1 fault, 2 bad usage or configuration, or no such group`,
    )
    .action((group: string, options: ExplainOptions) => run(explain(group, options)));

  readingCommand(program, 'record')
    .description('write what the cluster looks like now, one lagwarden.snapshot/1 document a line')
    .option('--every <duration>', 'again and again, this far apart, until interrupted (30s, 1m)')
    .option('--json', 'accepted for symmetry: a recording is always JSON')
    .addHelpText(
      'after',
      `
Examples:
  lagwarden record --brokers localhost:9092 >> incident.jsonl
  lagwarden record --brokers localhost:9092 --every 1m >> incident.jsonl`,
    )
    .action((options: RecordOptions) => run(record(options)));

  program
    .command('replay')
    .argument('<file>', 'what record has written; - for standard input')
    .description('judge recorded snapshots as if they were polls: what would have paged')
    .option('--config <file>', 'policies and mutes to judge by (default: ./lagwarden.yaml where it exists)')
    .option('--json', 'print one lagwarden.status/1 document a snapshot and line, transitions included')
    .addOption(failOn('exit with 4 if a group was that bad in any snapshot'))
    .addHelpText(
      'after',
      `
Examples:
  lagwarden replay last-week.jsonl
  lagwarden replay last-week.jsonl --config stricter.yaml
  zcat last-week.jsonl.gz | lagwarden replay - --json | jq -c '.transitions[]'

Exit codes: 0 done, 1 fault, 2 bad usage or configuration, or a line that is no snapshot, 4 --fail-on met`,
    )
    .action((file: string, options: ReplayOptions) => run(replay(file, options)));

  program
    .command('mute')
    .argument('[group]', 'id of a group (* and ? are wildcards)')
    .description('keep lagwarden watch from announcing a group for a while; list and end such mutes')
    .requiredOption('--state <dir>', 'where lagwarden watch keeps its memory')
    .option('--for <duration>', 'how long (30m, 2h, 3d)')
    .option('--why <text>', 'the reason: it stands beside whatever is kept back')
    .option('--cluster <glob>', 'only on clusters whose name matches')
    .option('--topic <glob...>', 'only trouble on topics whose name matches')
    .option('--list', 'list the mutes that last')
    .option('--end', 'end the mutes of this group')
    .option('--json', 'with --list: print one lagwarden.mutes/1 document')
    .addHelpText(
      'after',
      `
Examples:
  lagwarden mute 'batch-*' --for 2h --why 'migration' --state ~/.lagwarden
  lagwarden mute --list --state ~/.lagwarden
  lagwarden mute 'batch-*' --end --state ~/.lagwarden

Exit codes: 0 done, 1 fault, 2 bad usage`,
    )
    .action((group: string | undefined, options: MuteOptions) => run(mute(group, options)));

  readingCommand(program, 'doctor')
    .description('check the way to the cluster: name, port, TLS, login, versions, brokers, rights')
    .option('--json', 'print one lagwarden.doctor/1 document')
    .addHelpText(
      'after',
      `
Examples:
  lagwarden doctor --brokers localhost:9092
  lagwarden doctor --brokers b-1.example.com:9096 --auth scram-sha-512 --username ops --password-file pw.txt

Exit codes: 0 all is well (or some of the cluster stays unseen), 1 a check failed, 2 bad usage or configuration`,
    )
    .action((options: DoctorOptions) => run(doctor(options)));

  return program;
}

/** The exit code for what went wrong, after saying it in one line. A fault of our own keeps its stack. */
function codeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.badUsage;
  if (error instanceof UsageError) {
    process.stderr.write(`lagwarden: ${error.message}\n`);
    return exitCode.badUsage;
  }
  if (error instanceof Fault) {
    // It may quote what a broker answered.
    process.stderr.write(`lagwarden: ${terminalSafe(error.message)}\n`);
    return exitCode.fault;
  }
  process.stderr.write(`lagwarden: ${error instanceof Error ? error.stack : String(error)}\n`);
  return exitCode.fault;
}

// `lagwarden status | head` closes the pipe early: that is an end, not a fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCode.done);
});

try {
  const program = buildProgram(async (code) => {
    process.exitCode = await code;
  });
  await program.parseAsync();
} catch (error) {
  process.exitCode = codeOf(error);
}
