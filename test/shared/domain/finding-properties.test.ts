import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GroupFinding, PartitionFinding } from '../../../shared/domain/finding.ts';
import type { GroupSnapshot, Snapshot } from '../../../shared/domain/snapshot.ts';
import { judged } from '../../support/judged.ts';
import { randomSnapshot } from '../../support/random-snapshot.ts';
import { reordered, shifted } from '../../support/same-cluster.ts';

const findingsOf = (snapshot: Snapshot): readonly GroupFinding[] => judged(snapshot);

/** What is said of a group, without the snapshot that it was said of. */
const said = ({ snapshot, worst, hotPartition, partitions, ...sums }: GroupFinding) => ({
  group: snapshot.group,
  ...sums,
  worst: worst && saidOf(worst),
  hotPartition: hotPartition && saidOf(hotPartition),
  partitions: partitions.map(saidOf),
});
const saidOf = ({ reading, verdict, severity, evidence }: PartitionFinding) => ({
  place: `${reading.topic}-${reading.partition}`,
  verdict,
  severity,
  // Offsets of the log itself move with it; what counts is how far apart they are.
  evidence: 'lost' in evidence ? evidence.lost : evidence,
});
const byGroup = (a: GroupFinding, b: GroupFinding) => (a.snapshot.group < b.snapshot.group ? -1 : 1);

describe('in any snapshot', () => {
  test('only differences of offsets matter: shifted, the findings are the same', () => {
    fc.assert(
      fc.property(randomSnapshot, fc.bigInt(0n, 2n ** 64n), (snapshot, by) => {
        expect(findingsOf(shifted(snapshot, by)).map(said)).toEqual(findingsOf(snapshot).map(said));
      }),
    );
  });

  test('the order in which groups, topics, partitions, commits and members are told never matters', () => {
    fc.assert(
      fc.property(randomSnapshot, (snapshot) => {
        expect(findingsOf(reordered(snapshot)).toSorted(byGroup).map(said)).toEqual(
          findingsOf(snapshot).toSorted(byGroup).map(said),
        );
      }),
    );
  });

  test('the order in which groups are given is kept', () => {
    fc.assert(
      fc.property(randomSnapshot, (snapshot) => {
        expect(findingsOf(snapshot).map(({ snapshot: group }) => group)).toEqual(snapshot.groups);
      }),
    );
  });

  test('unread never yields ok, and is never called uncommitted', () => {
    fc.assert(
      fc.property(randomSnapshot, (snapshot) => {
        for (const { snapshot: group, verdict, severity, partitions } of findingsOf(snapshot)) {
          for (const { reading, verdict: of, severity: how } of partitions) {
            const known = reading.end !== null && (reading.committed !== null || reading.lag === 'no-commit');
            expect(of === 'unknown').toBe(!known);
            if (!known) expect(how).not.toBe('ok');
          }
          if (group.unread === null && partitions.every(({ verdict: of }) => of !== 'unknown')) continue;
          expect(severity).not.toBe('ok');
          expect(verdict).not.toBe('uncommitted');
        }
      }),
    );
  });

  test('without members nothing is worse than a warning', () => {
    fc.assert(
      fc.property(randomSnapshot, (snapshot) => {
        for (const { snapshot: group, severity, partitions } of findingsOf(snapshot)) {
          if (group.members?.length !== 0) continue;
          for (const { severity: how } of [{ severity }, ...partitions]) expect(how).not.toBe('critical');
        }
      }),
    );
  });

  test('the sums are those of an independent computation, straight from the snapshot', () => {
    fc.assert(
      fc.property(randomSnapshot, (snapshot) => {
        for (const finding of findingsOf(snapshot)) {
          const { lag, unknownPartitions, recordsLost } = finding;
          expect({ lag, unknownPartitions, recordsLost }).toEqual(naiveSums(finding.snapshot, snapshot));
        }
      }),
    );
  });
});

function naiveSums(group: GroupSnapshot, { topics, unread }: Snapshot) {
  const committed = new Map<string, bigint>();
  for (const { topic, partitions, offsets } of group.commits)
    for (const [i, partition] of partitions.entries())
      committed.set(JSON.stringify([topic, partition]), offsets[i] as bigint);
  const places = new Set(committed.keys());
  for (const { assigned } of group.members ?? [])
    for (const [topic, numbers] of assigned)
      for (const number of numbers) places.add(JSON.stringify([topic, number]));
  for (const part of unread)
    if (part.scope === 'partition' && part.group === group.group)
      places.add(JSON.stringify([part.topic, part.partition]));

  let lag: bigint | null = null;
  let unknownPartitions = 0;
  let recordsLost = 0n;
  for (const place of places) {
    const [topic, partition] = JSON.parse(place) as [string, number];
    const log = topics.get(topic)?.partitions.get(partition);
    const commit = committed.get(place);
    if (commit === undefined || log === undefined || log.end === null) {
      unknownPartitions += 1;
      continue;
    }
    lag = (lag ?? 0n) + (log.end > commit ? log.end - commit : 0n);
    const isReplaced = log.start !== null && log.start > log.end;
    if (log.start !== null && log.start > commit && !isReplaced) recordsLost += log.start - commit;
  }
  return { lag, unknownPartitions, recordsLost };
}
