import type { ByteWriter } from '../byte-writer.ts';
import type { GroupDescription } from '../description.ts';
import { type Answer, type AnswerContext, kafkaError } from './answer.ts';

/** OffsetFetch v6 to v8: one group up to v7, many from v8. Only "all topics" is understood. */
export const answerOffsetFetch: Answer = (request, out, context) => {
  const allTopics = () => {
    const topics = request.compactArray(() => {
      throw new RangeError('the stand-in answers OffsetFetch for all topics only');
    });
    if (topics !== null) throw new RangeError('OffsetFetch for no topics at all makes no sense');
  };
  if (context.version < 8) {
    const name = request.compactString();
    allTopics();
    if (context.version === 7) request.boolean(); // require stable
    request.skipTags();
    out.int32(context.throttleMs);
    writeCommits(out, context, name);
    out.noTags();
    return;
  }
  const names = request.compactArray(() => {
    const name = request.compactString();
    allTopics();
    request.skipTags();
    return name;
  });
  request.boolean(); // require stable
  request.skipTags();
  const mentioned = (names ?? []).filter((name) => context.cluster.groups.get(name)?.leftOut !== true);
  out.int32(context.throttleMs);
  out.compactArray(mentioned, (name) => {
    out.compactString(name);
    writeCommits(out, context, name);
    out.noTags();
  });
  out.noTags();
};

/** Topics, then the group's error. */
function writeCommits(out: ByteWriter, { broker, cluster }: AnswerContext, name: string): void {
  const group = cluster.groups.get(name);
  const error =
    group && group.coordinator !== broker ? kafkaError.notCoordinator : (group?.commitsError ?? 0);
  out.compactArray(error === 0 ? commitsOf(group) : [], ([topic, partitions]) => {
    out.compactString(topic);
    out.compactArray(partitions, ([number, commit]) =>
      out
        .int32(number)
        .int64(commit.error === 0 ? commit.committed : -1n)
        .int32(-1) // leader epoch
        .compactString('') // metadata
        .int16(commit.error)
        .noTags(),
    );
    out.noTags();
  });
  out.int16(error);
}

/** An unknown group has no commits and no error; neither has a share group (KIP-932). */
function commitsOf(group: GroupDescription | undefined): GroupDescription['commits'] {
  return group === undefined || group.type === 'Share' ? new Map() : group.commits;
}
