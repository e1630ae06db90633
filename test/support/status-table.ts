import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { type StatusTableLayout, statusTable } from '../../shared/views/table.ts';
import { judged } from './judged.ts';

export const plain: StatusTableLayout = {
  width: 100,
  paint: (text) => text,
  partitions: false,
  quietGroups: 30,
};

/** The table of a snapshot, judged by the defaults. */
export function tableOf(snapshot: Snapshot, layout: Partial<StatusTableLayout> = {}): string {
  const findings = judged(snapshot);
  return statusTable({ snapshot, findings, durationMs: 211.6, requests: 16 }, { ...plain, ...layout });
}
