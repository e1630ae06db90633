import { muteFile } from '../../shared/adapters/files/mute-file.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { durationMs } from '../../shared/contracts/config/duration.ts';
import { MuteFileError } from '../../shared/contracts/mute-file.ts';
import { formatDuration, formatInstant } from '../../shared/domain/reason.ts';
import { everything } from '../../shared/domain/selector.ts';
import type { KeptMute, MuteStore } from '../../shared/ports/mute-store.ts';
import { terminalSafe } from '../../shared/views/escape.ts';
import { exitCode, UsageError } from '../exit-code.ts';
import { usableDirectory } from '../kept-state.ts';
import { print } from '../terminal.ts';

export interface MuteOptions {
  readonly state: string;
  readonly for?: string;
  readonly why?: string;
  readonly cluster?: string;
  readonly topic?: readonly string[];
  readonly list?: boolean;
  readonly end?: boolean;
  readonly json?: boolean;
}

/** Silence that outlasts a year hides faults for good. */
const longestMs = 366 * 86_400_000;

/** Sets, lists or ends mutes that `watch` honours from its next poll on. */
export async function mute(group: string | undefined, options: MuteOptions): Promise<number> {
  const store = muteFile(usableDirectory(options.state));
  try {
    if (options.list) await list(store, options);
    else if (options.end) await end(store, named(group, '--end'));
    else await begin(store, named(group, '--for 2h --why TEXT'), options);
  } catch (error) {
    if (error instanceof MuteFileError) throw new UsageError(terminalSafe(error.message));
    throw error;
  }
  return exitCode.done;
}

function named(group: string | undefined, rest: string): string {
  if (group !== undefined && group !== '') return group;
  throw new UsageError(`no group named: lagwarden mute GROUP ${rest} --state DIR; * and ? are wildcards`);
}

async function begin(store: MuteStore, group: string, options: MuteOptions): Promise<void> {
  if (options.for === undefined) throw new UsageError('for how long? give --for, such as --for 2h');
  const ms = durationMs(options.for);
  if (ms === null || ms === 0 || ms > longestMs) {
    throw new UsageError(
      `--for: ${JSON.stringify(options.for)} is no time that a mute may last; from 1s to 366d is possible, such as 2h`,
    );
  }
  const why = options.why?.trim() ?? '';
  if (why === '') throw new UsageError('why? give --why TEXT: it stands beside whatever is kept back');
  const fromMs = systemClock.now();
  const match = {
    clusters: options.cluster === undefined ? everything.clusters : [options.cluster],
    groups: [group],
    topics: options.topic ?? everything.topics,
  };
  const added: KeptMute = { match, fromMs, toMs: fromMs + ms, why };
  await store.change((mutes) => [...mutes.filter(({ toMs }) => toMs > fromMs), added]);
  await print(`muted: ${describe(added, fromMs)}\n`);
}

async function end(store: MuteStore, group: string): Promise<void> {
  const now = systemClock.now();
  let ended: readonly KeptMute[] = [];
  let others: readonly KeptMute[] = [];
  await store.change((mutes) => {
    const current = mutes.filter(({ toMs }) => toMs > now);
    ended = current.filter(({ match }) => match.groups.includes(group));
    others = current.filter((one) => !ended.includes(one));
    return others;
  });
  if (ended.length === 0) {
    const known = others.flatMap(({ match }) => match.groups).join(', ');
    throw new UsageError(
      terminalSafe(
        `no mute of ${JSON.stringify(group)} lasts; name it as it was set${known && `: ${known}`}`,
      ),
    );
  }
  await print(ended.map((one) => `ended: ${describe(one, now)}\n`).join(''));
}

async function list(store: MuteStore, { json }: MuteOptions): Promise<void> {
  const now = systemClock.now();
  const mutes = (await store.load()).filter(({ toMs }) => toMs > now);
  if (json) {
    const rows = mutes.map(({ match, fromMs, toMs, why }) => ({
      match,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      why,
    }));
    await print(`${JSON.stringify({ schema: 'lagwarden.mutes/1', mutes: rows })}\n`);
  } else
    await print(
      mutes.length === 0 ? 'no mute lasts\n' : mutes.map((one) => `${describe(one, now)}\n`).join(''),
    );
}

function describe({ match, toMs, why }: KeptMute, now: number): string {
  const where = match.clusters.includes('*') ? '' : ` on ${match.clusters.join(', ')}`;
  const topics = match.topics.includes('*') ? '' : ` for topics ${match.topics.join(', ')}`;
  return terminalSafe(
    `${match.groups.join(', ')}${where}${topics}  until ${formatInstant(toMs)} (${formatDuration(toMs - now)})  ${why}`,
  );
}
