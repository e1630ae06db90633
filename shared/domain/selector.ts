import { compileGlobs } from './glob.ts';

/** Which clusters, groups and topics something is meant for, as patterns of `compileGlob`. All three must match. */
export type Selector = {
  readonly clusters: readonly string[];
  readonly groups: readonly string[];
  readonly topics: readonly string[];
};

/** What a selector is asked about. */
export type Subject = {
  readonly cluster: string;
  readonly group: string;
  /** `null` asks about the group as a whole: a selector that is limited to some topics does not mean it. */
  readonly topic: string | null;
};

/** The selector that means everything. */
export const everything: Selector = { clusters: ['*'], groups: ['*'], topics: ['*'] };

/** Compiles a selector once, so that asking it about 100,000 group-partitions stays cheap. */
export function compileSelector(selector: Selector): (subject: Subject) => boolean {
  const cluster = compileGlobs(selector.clusters);
  const group = compileGlobs(selector.groups);
  const topic = compileGlobs(selector.topics);
  const anyTopic = selector.topics.some((pattern) => /^\*+$/.test(pattern));
  return (subject) =>
    cluster(subject.cluster) &&
    group(subject.group) &&
    (anyTopic || (subject.topic !== null && topic(subject.topic)));
}
