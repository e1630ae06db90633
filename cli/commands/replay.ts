import { stringifyExactly } from '../../shared/contracts/exact-json.ts';
import { toStatusDocument } from '../../shared/contracts/status-document.ts';
import { type EvaluationRules, evaluate, isNews, type MonitorState } from '../../shared/domain/evaluate.ts';
import { formatInstant } from '../../shared/domain/reason.ts';
import type { Severity } from '../../shared/domain/severity.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { type ReplayedCluster, replaySummary } from '../../shared/views/replay-summary.ts';
import { transitionLine } from '../../shared/views/transition-line.ts';
import { exitCode } from '../exit-code.ts';
import { Recording } from '../recording.ts';
import { loadConfig, rulesOf, watchedGroups } from '../rules.ts';
import { print, terminalWidth } from '../terminal.ts';
import { failsOn } from './status.ts';

export interface ReplayOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly failOn?: Extract<Severity, 'warning' | 'critical'>;
}

/** One cluster of a recording, as far as it was replayed. */
interface Replay {
  readonly rules: EvaluationRules;
  state: MonitorState | null;
  readonly told: ReplayedCluster;
}

/**
 * Lets recorded snapshots go through what live polls go through, each cluster with a memory of its own. Nothing is printed
 * of a recording that has a fault; the same recording and configuration give the same bytes again.
 */
export async function replay(file: string, options: ReplayOptions): Promise<number> {
  const config = loadConfig(options.config, { orUsual: true });
  const isWatched = watchedGroups(config);
  const recording = new Recording(file);
  const clusters = new Map<string, Replay>();
  let fails = false;
  try {
    if (options.json) await recording.check();
    for await (const { line, snapshot } of recording.snapshots()) {
      const { name } = snapshot.cluster;
      const one = clusters.get(name) ?? begin(name, rulesOf(config, name));
      clusters.set(name, one);
      if (!isNews(one.state, snapshot)) {
        skip(line, snapshot.at, one.state);
        continue;
      }
      const narrowed = narrow(snapshot, isWatched);
      const { state, findings, transitions } = evaluate(one.state, narrowed, one.rules);
      one.state = state;
      one.told.polls.push(snapshot.at);
      one.told.transitions.push(...transitions);
      fails ||= failsOn(options.failOn, findings);
      if (options.json) {
        const document = toStatusDocument(narrowed, findings, nothingSpent, transitions);
        await print(`${stringifyExactly(document)}\n`);
      }
    }
  } finally {
    recording.close();
  }
  if (!options.json) await print(summaryOf([...clusters.values()].map(({ told }) => told)));
  return fails ? exitCode.failOn : exitCode.done;
}

/** What a recording does not tell is the same each time. */
const nothingSpent = { durationMs: 0, requests: new Map<string, number>() };

function begin(name: string, rules: EvaluationRules): Replay {
  return { rules, state: null, told: { name, polls: [], transitions: [] } };
}

function skip(line: number, at: number, state: MonitorState | null): void {
  const last = formatInstant(state?.memory.at ?? 0);
  process.stderr.write(
    `lagwarden: line ${line} skipped: its snapshot of ${formatInstant(at)} is not newer than the one before, of ${last}\n`,
  );
}

/** Without the groups that the configuration leaves out. */
function narrow(snapshot: Snapshot, isWatched: (group: string) => boolean): Snapshot {
  if (snapshot.groups.every(({ group }) => isWatched(group))) return snapshot;
  return {
    ...snapshot,
    groups: snapshot.groups.filter(({ group }) => isWatched(group)),
    unread: snapshot.unread.filter(
      (part) => !('group' in part) || part.group === undefined || isWatched(part.group),
    ),
  };
}

function summaryOf(clusters: readonly ReplayedCluster[]): string {
  const isOneOfMany = clusters.length > 1;
  const lines = clusters
    .flatMap(({ name, transitions }) => transitions.map((transition) => ({ name, transition })))
    .toSorted((a, b) => a.transition.at - b.transition.at)
    .map(({ name, transition }) => `${transitionLine(transition, { name, isOneOfMany })}\n`);
  const summary = replaySummary(clusters, terminalWidth());
  return `${lines.join('')}${lines.length === 0 ? '' : '\n'}${summary}`;
}
