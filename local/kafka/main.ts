import { parseArgs } from 'node:util';
import { type KafkaClusterOptions, startKafkaCluster } from './cluster.ts';
import {
  commandFor,
  type ListenerKind,
  listenersByKind,
  readListenerKinds,
  tryOutAccounts,
} from './try-out-listeners.ts';
import { kafkaVersions, parseKafkaVersion } from './version.ts';

const usage = `usage: npm run kafka -- [options]

Starts a real Kafka on 127.0.0.1 and runs it until Ctrl-C.

  --brokers N          1, 2 or 3 brokers (default 1)
  --version V          ${kafkaVersions.join(', ')} (default 4.3)
  --listener KIND      another listener beside the plaintext one, may be repeated:
                       ${Object.keys(listenersByKind).join(', ')}; how to log in there is printed
  --set NAME=VALUE     a broker setting, may be repeated
  --help               this text
`;

const badUsage = 2;

interface CommandLine {
  readonly help: boolean;
  readonly cluster: KafkaClusterOptions;
  readonly listeners: readonly ListenerKind[];
}

function readCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      brokers: { type: 'string', default: '1' },
      version: { type: 'string', default: '4.3' },
      listener: { type: 'string', multiple: true, default: [] },
      set: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  const brokers = ([1, 2, 3] as const).find((count) => String(count) === values.brokers);
  if (brokers === undefined) throw new RangeError(`--brokers '${values.brokers}': allowed are 1, 2 and 3`);
  return {
    help: values.help,
    cluster: { brokers, version: parseKafkaVersion(values.version), settings: settingsOf(values.set) },
    listeners: readListenerKinds(values.listener),
  };
}

function settingsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([^=\s]+)=(.*)$/s.exec(pair) ?? [];
      if (name === undefined || value === undefined)
        throw new RangeError(
          `--set '${pair}': give a broker setting as NAME=VALUE, such as num.partitions=3`,
        );
      return [name, value];
    }),
  );
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Resolves at the first request to end; keeps this process alive until then. */
function untilSignal(): Promise<void> {
  const staysAlive = setInterval(() => {}, 1_000_000);
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        clearInterval(staysAlive);
        resolve();
      });
  });
}

async function run({ cluster: options, listeners }: CommandLine): Promise<void> {
  const { brokers, version } = options;
  progress(
    `starting Kafka ${version} with ${brokers} broker${brokers === 1 ? '' : 's'} (the first time Maven fetches it)…`,
  );
  // Until here a signal ends this process as it would any other, and the watchdog clears up.
  const cluster = await startKafkaCluster({
    ...options,
    ...tryOutAccounts,
    listeners: listeners.map((kind) => listenersByKind[kind]),
  });
  const stopSignal = untilSignal();
  try {
    process.stdout.write(`${cluster.bootstrap}\n`);
    progress(`Kafka ${cluster.version} is ready; its data and logs are in ${cluster.folder}`);
    progress(`look at it:  npx lagwarden status --brokers ${cluster.bootstrap}`);
    for (const kind of listeners) progress(`with login ${kind}:  ${await commandFor(kind, cluster)}`);
    progress('stop it with Ctrl-C: its data goes with it');
    await stopSignal;
    progress('stopping…');
  } finally {
    await cluster.stop();
  }
}

try {
  const commandLine = readCommandLine(process.argv.slice(2));
  if (commandLine.help) process.stdout.write(usage);
  else
    await run(commandLine).catch((error: Error) => {
      progress(`error: ${error.message}`);
      process.exitCode = 1;
    });
} catch (error) {
  progress(`error: ${(error as Error).message}\n\n${usage}`);
  process.exitCode = badUsage;
}
