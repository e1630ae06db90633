import { parseArgs } from 'node:util';
import { durationMs } from '../../shared/contracts/config/duration.ts';
import { type KafkaVersion, kafkaVersions, parseKafkaVersion } from '../kafka/version.ts';

export const usage = `usage: npm run demo -- [options]

Starts a real Kafka on 127.0.0.1 with a shop's applications on it, in every state that a consumer group gets into, and
prints \`lagwarden status\` of it until Ctrl-C. Where Java or Maven is missing it says so and shows a stand-in instead.

  --once               look once, compare with what is known to be so and with Kafka's own tool, and end
  --every DURATION     how far apart the tables are (default 5s)
  --version V          ${kafkaVersions.join(', ')} (default 4.3)
  --brokers HOST:PORT  look at that cluster instead of starting one
  --help               this text

Exit codes: 0 done, 1 something is not as it should be, 2 bad usage, 130 interrupted before the end
`;

export interface DemoOptions {
  readonly help: boolean;
  readonly once: boolean;
  readonly everyMs: number;
  readonly version: KafkaVersion;
  /** Of a cluster that runs already; null to start one. */
  readonly brokers: string | null;
}

/** Reads what was typed. Throws with what is wrong, the value and what is allowed. */
export function parseDemoOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      once: { type: 'boolean', default: false },
      every: { type: 'string', default: '5s' },
      version: { type: 'string' },
      brokers: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const everyMs = durationMs(values.every);
  if (everyMs === null || everyMs === 0)
    throw new RangeError(
      `--every '${values.every}' is no duration: write a number and a unit, such as 5s or 1m`,
    );
  if (values.brokers !== undefined && values.version !== undefined)
    throw new RangeError('--version chooses the Kafka to start, and --brokers starts none: leave one out');
  return {
    help: values.help,
    once: values.once,
    everyMs,
    version: parseKafkaVersion(values.version ?? '4.3'),
    brokers: values.brokers ?? null,
  };
}
