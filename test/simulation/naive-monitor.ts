import { isAtLeast, type Severity } from '../../shared/domain/severity.ts';
import type { Verdict } from '../../shared/domain/verdict-names.ts';
import { judged } from '../support/judged.ts';
import type { Monitor, MonitorTransition } from './monitor.ts';

/** Ten minutes of the same offsets with records waiting: the usual home-made alarm. */
const stillPolls = 10;

/** What a home-made monitor does: the rules that need no memory, and a fixed number of polls without progress. */
export function createNaiveMonitor(): Monitor {
  const still = new Map<string, { offset: bigint; polls: number }>();
  const firing = new Map<string, Verdict>();
  return {
    poll(snapshot) {
      const findings = judged(snapshot);
      const transitions: MonitorTransition[] = [];
      for (const finding of findings) {
        const { group } = finding.snapshot;
        let verdict: Verdict = finding.verdict;
        let severity: Severity = finding.severity;
        for (const { reading } of finding.partitions) {
          const { topic, partition, committed, lag } = reading;
          const key = `${group}/${topic}/${partition}`;
          if (committed === null || typeof lag !== 'bigint' || lag <= 0n) {
            still.delete(key);
            continue;
          }
          const before = still.get(key);
          const polls = before?.offset === committed ? before.polls + 1 : 0;
          still.set(key, { offset: committed, polls });
          if (polls < stillPolls || isAtLeast(severity, 'critical')) continue;
          verdict = finding.snapshot.members?.length ? 'stalled' : 'stopped';
          severity = 'critical';
        }
        const was = firing.get(group);
        const isBad = isAtLeast(severity, 'warning');
        if (isBad === (was !== undefined)) continue;
        if (isBad) firing.set(group, verdict);
        else firing.delete(group);
        transitions.push({
          group,
          from: isBad ? 'ok' : 'firing',
          to: isBad ? 'firing' : 'resolved',
          fromVerdict: was ?? null,
          toVerdict: verdict,
          severity,
          reason: isBad ? `no progress in ${stillPolls} polls, or worse` : 'moves again',
        });
      }
      return { findings, transitions };
    },
  };
}
