import { Command, CommanderError, Option } from 'commander';
import { Fault } from '../shared/domain/fault.ts';
import { terminalSafe } from '../shared/views/escape.ts';
import { type DoctorOptions, doctor } from './commands/doctor.ts';
import { type RecordOptions, record } from './commands/record.ts';
import { type StatusOptions, status } from './commands/status.ts';
import { loginKinds } from './credentials.ts';
import { exitCode, UsageError } from './exit-code.ts';
import { version } from './version.ts';

/** Options that every command shares which looks at a cluster. */
function readingCommand(program: Command, name: string): Command {
  return program
    .command(name)
    .option('--brokers <host:port,...>', 'brokers to ask first')
    .option(
      '--config <file>',
      'configuration (default: ./lagwarden.yaml where it exists and --brokers is not given)',
    )
    .option('--cluster <name>', 'which cluster of the configuration')
    .option('--group <glob...>', 'only groups whose id matches (* and ? are wildcards)')
    .option('--topic <glob...>', 'only topics whose name matches')
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
    .addOption(
      new Option('--fail-on <severity>', 'exit with 4 if a group is that bad').choices([
        'warning',
        'critical',
      ]),
    )
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
function explain(error: unknown): number {
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
  process.exitCode = explain(error);
}
