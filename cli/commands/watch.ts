import { muteFile } from '../../shared/adapters/files/mute-file.ts';
import { MuteFileError } from '../../shared/contracts/mute-file.ts';
import type { EvaluationRules } from '../../shared/domain/evaluate.ts';
import { Fault } from '../../shared/domain/fault.ts';
import type { Mute } from '../../shared/domain/incident/mute.ts';
import { markAnnounced } from '../../shared/domain/incident.ts';
import { formatInstant } from '../../shared/domain/reason.ts';
import { exitCode } from '../exit-code.ts';
import { KeptState } from '../kept-state.ts';
import { pollTarget } from '../polling.ts';
import { interruption, mayEndByItself, parseEvery, repeatEvery } from '../repetition.ts';
import { compileMute } from '../rules.ts';
import { resolveTarget, type TargetOptions } from '../target.ts';
import { watchOutput } from '../watch-output.ts';

export interface WatchOptions extends TargetOptions {
  readonly every?: string;
  /** Where memory and mutes are kept; absent: memory lasts as long as the process. */
  readonly state?: string;
  readonly json?: boolean;
  readonly all?: boolean;
}

/** On a terminal somebody is looking. */
const everyOnTerminalMs = 5_000;

/**
 * Polls again and again with memory, and shows what it comes to, until it is interrupted. A poll that fails is told, and
 * watching goes on; only where the very first one fails for good is there nothing to watch.
 */
export async function watch(options: WatchOptions): Promise<number> {
  const written = options.every === undefined ? null : parseEvery(options.every);
  const target = resolveTarget(options, process.env);
  const live = options.json !== true && process.stdout.isTTY === true;
  const everyMs = written ?? (live ? everyOnTerminalMs : target.everyMs);
  const interrupted = interruption();
  const output = watchOutput(
    live ? 'live' : options.json ? 'json' : 'lines',
    target.clusterName,
    everyMs,
    options,
  );
  const polling = pollTarget(target, { interrupted, progress: !live });
  try {
    const kept = await KeptState.open(options.state, target.clusterName, output.tell);
    const mutes = runTimeMutes(options.state, output.tell);
    let hasSeen = false;
    output.begin();
    await repeatEvery(everyMs, interrupted, async () => {
      try {
        const rules = await withMutes(target.rules, mutes);
        const { observation, evaluation } = await polling.poll(kept.state, rules);
        hasSeen = true;
        if (evaluation === null) {
          const [at, last] = [observation.snapshot.at, kept.state?.memory.at ?? 0].map(formatInstant);
          output.tell(
            `the poll of ${at} is not newer than the one of ${last} and says nothing; check the clock`,
          );
          return;
        }
        await output.show(observation, evaluation);
        const told = evaluation.transitions.map(({ id }) => id);
        await kept.keep({ ...evaluation.state, incidents: markAnnounced(evaluation.state.incidents, told) });
      } catch (error) {
        if (interrupted.aborted && error instanceof Fault) return;
        if (!(error instanceof Fault) || !(hasSeen || mayEndByItself(error))) throw error;
        output.tell(`nothing seen: ${error.message}`);
      }
    });
    return exitCode.done;
  } finally {
    output.end();
    polling.close();
  }
}

type RunTimeMutes = () => Promise<readonly Mute[]>;

/** The mutes that `lagwarden mute` has set, read anew each time; those from before where the file cannot be used. */
function runTimeMutes(directory: string | undefined, tell: (text: string) => void): RunTimeMutes {
  if (directory === undefined) return async () => [];
  const store = muteFile(directory);
  let latest: readonly Mute[] = [];
  let told: string | null = null;
  return async () => {
    try {
      latest = (await store.load()).map(compileMute);
      told = null;
    } catch (error) {
      const { message } = error as Error;
      if (message !== told) tell(`${error instanceof MuteFileError ? '' : 'mutes: '}${message}`);
      told = message;
    }
    return latest;
  };
}

async function withMutes(rules: EvaluationRules, mutes: RunTimeMutes): Promise<EvaluationRules> {
  return { ...rules, mutes: [...rules.mutes, ...(await mutes())] };
}
