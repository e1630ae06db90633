import { describe } from 'vitest';
import { kafkaPrerequisites } from '../../local/kafka/prerequisites.ts';

const prerequisites = kafkaPrerequisites();
const reason = prerequisites.ok ? '' : ` (skipped: ${prerequisites.message})`;

/** A suite that needs a real Kafka; skipped, with the reason in its name, only where none can be started. */
export function describeWithKafka(subject: string, tests: () => void): void {
  describe.skipIf(!prerequisites.ok)(`${subject}${reason}`, tests);
}

/** How long a suite may take to start its cluster and fill it, on a machine that others load too. */
export const startMs = 120_000;
/** How long it may take to stop everything. */
export const stopMs = 40_000;
