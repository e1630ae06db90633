import type { GroupFinding, PartitionFinding } from '../../domain/finding.ts';
import { shellWord } from './shell-word.ts';

/** One thing to do, and the command that does it where there is one. */
export interface NextStep {
  readonly text: string;
  readonly command?: string;
}

/** What the commands are about. */
export interface Place {
  /** `host:port,…` of the cluster. */
  readonly brokers: string;
  readonly group: string;
}

/**
 * What to do about a partition, first things first. Commands are those of Kafka's own tools and of this one; none of them
 * changes anything: where an offset would have to be moved, the tool's dry run is given and what it would cost.
 */
export function nextSteps(finding: PartitionFinding, group: GroupFinding, place: Place): NextStep[] {
  const { reading } = finding;
  const { topic, partition, committed, start } = reading;
  const tool = (name: string, rest: string) =>
    `kafka-${name}.sh --bootstrap-server ${shellWord(place.brokers)} ${rest}`;
  const at = `--topic ${shellWord(topic)} --partition ${partition}`;
  const read = (offset: bigint): NextStep => ({
    text: `look at the record at offset ${offset}`,
    command: tool('console-consumer', `${at} --offset ${offset} --max-messages 1 --property print.key=true`),
  });
  const dryRun = (target: string, text: string): NextStep => ({
    text,
    command: tool(
      'consumer-groups',
      `--group ${shellWord(place.group)} --reset-offsets --topic ${shellWord(`${topic}:${partition}`)} ${target} --dry-run`,
    ),
  });
  const watch: NextStep = {
    text: 'watch what becomes of it',
    command: `lagwarden watch --brokers ${shellWord(place.brokers)} --group ${shellWord(place.group)}`,
  };
  const owner =
    reading.owner === null ? 'its owner' : `${reading.owner.clientId} on ${hostOf(reading.owner.host)}`;

  switch (finding.verdict) {
    case 'unknown':
      return [
        {
          text: 'find out what keeps it from being read',
          command: `lagwarden doctor --brokers ${shellWord(place.brokers)}`,
        },
      ];
    case 'recreated':
      return [
        { text: 'find out who deleted the topic: the records of the old one are gone' },
        dryRun(
          '--to-earliest',
          'the commit belongs to the old topic; with the group stopped this shows where it would begin anew',
        ),
      ];
    case 'beyond-end':
      return [
        {
          text: 'find out whether the log was cut (an unclean leader election, a restored broker) or somebody reset the group too far',
        },
        dryRun(
          '--to-latest',
          'with the group stopped this shows where it would go on with what comes from now',
        ),
      ];
    case 'data-lost':
      return [
        {
          text: 'what is lost stays lost; the group goes on at the start by itself where auto.offset.reset is earliest',
        },
        {
          text: 'see how long the topic keeps its records, and give the group more time if it is still behind',
          command: tool('configs', `--entity-type topics --entity-name ${shellWord(topic)} --describe --all`),
        },
        { text: 'do not reset it to the end: that would skip what can still be read as well' },
      ];
    case 'blocked':
      return [
        {
          text: 'find the open transaction: the one with the oldest CurrentTransactionStartOffset is it',
          command: tool('transactions', `describe-producers ${at}`),
        },
        {
          text: 'ask the owner of that producer; do not reset the group: it would wait at the same offset again',
        },
      ];
    case 'stalled':
      if (
        finding.evidence.scope === 'partition' &&
        !finding.evidence.neverCommitted &&
        !finding.evidence.maybeNothing
      ) {
        return [
          read(finding.evidence.at),
          {
            text: `look into the log of ${owner} for errors at offset ${finding.evidence.at}: it may be a record that it cannot process`,
          },
          dryRun(
            '--shift-by 1',
            'only if that record may be lost to the group, and with the group stopped: this shows what skipping it would do',
          ),
        ];
      }
      return [
        {
          text: `look at ${owner}: it is a member, and commits nothing. A thread dump tells whether it hangs`,
        },
        { text: 'do not reset the group: it reads nothing, wherever it stands' },
        watch,
      ];
    case 'rebalancing':
      return [
        {
          text: 'see who comes and goes: members that are slow to poll, or deployments that restart each other',
          command: tool(
            'consumer-groups',
            `--describe --group ${shellWord(place.group)} --members --verbose`,
          ),
        },
        { text: 'compare max.poll.interval.ms with the time that a batch takes; do not reset the group' },
      ];
    case 'unowned':
      return finding.evidence.subscribed
        ? [
            {
              text: 'see who owns what',
              command: tool(
                'consumer-groups',
                `--describe --group ${shellWord(place.group)} --members --verbose`,
              ),
            },
            {
              text: 'a member with an assignment of its own, or one of another version, may leave it out; do not reset the group',
            },
          ]
        : [
            {
              text: 'no member asks for this topic any more: if that is meant, its commits may be deleted; if not, look at the deployment',
            },
          ];
    case 'stopped':
      return [
        {
          text: `start ${place.group === '' ? 'the group' : 'it'} again: no member is there. Do not reset it: it goes on where it stopped`,
        },
        watch,
      ];
    case 'abandoned':
      return finding.evidence.supersededBy === null
        ? [
            {
              text: 'if nobody misses it, its commits may be deleted; this only shows them',
              command: tool('consumer-groups', `--describe --group ${shellWord(place.group)}`),
            },
          ]
        : [{ text: 'another group has taken over; this one may be deleted' }];
    case 'rewound':
      return [
        {
          text: 'find out who reset it, or which consumer committed an older offset; the records since are processed again',
        },
        watch,
      ];
    case 'uncommitted':
      return [
        {
          text: 'a consumer that keeps its offsets elsewhere, or has not committed yet; if it should commit, look at its log',
        },
      ];
    case 'falling-behind':
      return [
        {
          text: `${moreMembers(group)}, or make processing quicker; do not reset the group: it would skip what it is there to read`,
        },
        watch,
      ];
    case 'observing':
      return [{ ...watch, text: 'watch for some minutes: one look tells no movement' }];
    case 'draining':
    case 'keeping-up':
    case 'caught-up':
      return committed !== null && start !== null && finding.lossMs !== null
        ? [{ text: 'give it more time than retention does: records may be deleted before it reads them' }]
        : [];
  }
}

function moreMembers({ snapshot: { members }, partitions }: GroupFinding): string {
  return members !== null && members.length >= partitions.length
    ? 'it has as many members as partitions, so more members do not help: add partitions'
    : 'add members';
}

/** Kafka writes addresses the way Java prints them, with a slash before. */
function hostOf(host: string): string {
  return host.replace(/^\//, '');
}
