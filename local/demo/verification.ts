import type { GroupFinding } from '../../shared/domain/finding.ts';
import { groupReason } from '../../shared/domain/reason.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import type { DescribedPartition } from '../kafka/consumer-group-command.ts';
import type { ExpectedFinding, Workload } from '../workloads/workload.ts';

/** Where findings are not what the workloads are known to be, a sentence each; none when all is right. */
export function differencesFromStories(
  workloads: readonly Workload[],
  findings: readonly GroupFinding[],
  unread: Snapshot['unread'],
): string[] {
  const found = new Map(findings.map((finding) => [finding.snapshot.group, finding]));
  const known = new Set(workloads.map(({ group }) => group));
  const unreadable = new Set(
    workloads.filter(({ expected }) => expected.verdict === 'unknown').map(({ group }) => group),
  );
  return [
    ...workloads.flatMap(({ group, expected }) =>
      differencesOf(expected, found.get(group)).map((difference) => `${group}: ${difference}`),
    ),
    ...[...found.keys()].filter((group) => !known.has(group)).map((group) => `${group}: no workload has it`),
    ...unread
      .filter((part) => part.scope !== 'group' || !unreadable.has(part.group))
      .map((part) => `could not be read: ${JSON.stringify(part)}`),
  ];
}

function differencesOf(expected: ExpectedFinding, finding: GroupFinding | undefined): string[] {
  if (finding === undefined) return ['not found'];
  const differences: string[] = [];
  const expect = (what: string, wanted: unknown, is: unknown, right = wanted === is) => {
    if (!right) differences.push(`${what} should be ${wanted}, is ${is}`);
  };
  const { verdict, lag, members, reason } = expected;
  expect('verdict', verdict, finding.verdict);
  expect('members', members, finding.snapshot.members?.length ?? null);
  if (typeof lag === 'object' && lag !== null)
    expect('lag', `${lag.atLeast} or more`, finding.lag, finding.lag !== null && finding.lag >= lag.atLeast);
  else expect('lag', lag, finding.lag);
  const said = groupReason(finding);
  if (reason !== undefined) expect('reason', `'… ${reason} …'`, `'${said}'`, said.includes(reason));
  return differences;
}

/**
 * Where offsets differ from what somebody else says, by default ConsumerGroupCommand, for the groups in which nothing
 * moves, and how many partitions were compared.
 */
export function differencesFromKafka(
  workloads: readonly Workload[],
  findings: readonly GroupFinding[],
  described: readonly DescribedPartition[],
  by = 'ConsumerGroupCommand',
): { readonly differences: readonly string[]; readonly compared: number } {
  const quiet = new Set(workloads.filter((workload) => workload.quiet).map(({ group }) => group));
  const ours = new Map(
    findings
      .filter(({ snapshot }) => quiet.has(snapshot.group))
      .flatMap(({ snapshot, partitions }) =>
        partitions.map(({ reading: { topic, partition, committed, end, lag } }) => [
          `${snapshot.group} on ${topic}-${partition}`,
          `committed ${committed ?? '-'}, end ${end ?? '-'}, lag ${typeof lag === 'bigint' ? lag : '-'}`,
        ]),
      ),
  );
  const theirs = new Map(
    described
      .filter(({ group }) => quiet.has(group))
      .map(({ group, topic, partition, committed, end, lag }) => [
        `${group} on ${topic}-${partition}`,
        `committed ${committed ?? '-'}, end ${end ?? '-'}, lag ${lag ?? '-'}`,
      ]),
  );
  const places = [...new Set([...ours.keys(), ...theirs.keys()])];
  const differences = places
    .filter((place) => ours.get(place) !== theirs.get(place))
    .map(
      (place) =>
        `${place}: Lagwarden says ${ours.get(place) ?? 'nothing'}, ${by} says ${theirs.get(place) ?? 'nothing'}`,
    );
  return { differences, compared: places.length };
}
