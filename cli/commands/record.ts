import { stringifyExactly } from '../../shared/contracts/exact-json.ts';
import { toSnapshotLine } from '../../shared/contracts/snapshot-file.ts';
import type { MonitorState } from '../../shared/domain/evaluate.ts';
import { exitCode } from '../exit-code.ts';
import { pollTarget } from '../polling.ts';
import { interruption, mayEndByItself, parseEvery, repeatEvery } from '../repetition.ts';
import { resolveTarget, type TargetOptions } from '../target.ts';
import { print } from '../terminal.ts';

export interface RecordOptions extends TargetOptions {
  /** Record again and again, this far apart; absent: once. */
  readonly every?: string;
}

/**
 * Writes what a poll saw, one snapshot a line, with the ages that a judgement needs: so that `replay` comes to the very
 * verdicts. With `--every` until it is interrupted; a poll that fails is told on standard error and leaves no line, since
 * nothing was seen.
 */
export async function record(options: RecordOptions): Promise<number> {
  const everyMs = options.every === undefined ? null : parseEvery(options.every);
  const target = resolveTarget(options, process.env);
  const interrupted = everyMs === null ? null : interruption();
  const polling = pollTarget(target, interrupted === null ? {} : { interrupted });
  // Kept to know what is dated already.
  let state: MonitorState | null = null;
  const recordOnce = async () => {
    const { observation, evaluation } = await polling.poll(state, target.rules);
    state = evaluation?.state ?? state;
    await print(`${stringifyExactly(toSnapshotLine(observation.snapshot))}\n`);
  };
  try {
    if (everyMs === null || interrupted === null) await recordOnce();
    else {
      await repeatEvery(everyMs, interrupted, async () => {
        try {
          await recordOnce();
        } catch (error) {
          if (interrupted.aborted) return;
          if (!mayEndByItself(error)) throw error;
          process.stderr.write(`lagwarden: nothing recorded: ${error.message}\n`);
        }
      });
    }
    return exitCode.done;
  } finally {
    polling.close();
  }
}
