import type { TopicConfig } from '../../domain/snapshot.ts';
import type { UnreadCause } from '../../domain/unread.ts';
import type { TopicConfigsRead } from '../../ports/cluster-reader.ts';
import { type Attempt, kafkaCause } from './attempt.ts';
import type { Message } from './message.ts';
import { describeConfigs, type TopicConfigAnswer } from './messages/describe-configs.ts';

/** Topics in one request: bounds the answer to about half a megabyte. */
const topicsPerRequest = 2000;

const keys = ['cleanup.policy', 'message.timestamp.type', 'retention.bytes', 'retention.ms'];

/** Asks for the topics' settings, in portions of which each may go to another broker. */
export async function readTopicConfigs(
  topics: readonly string[],
  ask: <Answer>(message: Message<Answer>) => Promise<Attempt<Answer>>,
): Promise<TopicConfigsRead> {
  const configs = new Map<string, TopicConfig>();
  const unread = new Map<string, UnreadCause>();
  const portions: Promise<void>[] = [];
  for (let from = 0; from < topics.length; from += topicsPerRequest) {
    const portion = topics.slice(from, from + topicsPerRequest);
    portions.push(
      ask(describeConfigs(portion, keys)).then((answer) => {
        for (const topic of portion) unread.set(topic, answer.ok ? unanswered : answer.cause);
        for (const told of answer.ok ? answer.value : []) {
          if (told.error !== 0) unread.set(told.topic, kafkaCause(told.error, 'DescribeConfigs'));
          else if (unread.delete(told.topic)) configs.set(told.topic, toTopicConfig(told));
        }
      }),
    );
  }
  await Promise.all(portions);
  return { configs, unread };
}

const unanswered: UnreadCause = {
  reason: 'kafka-error',
  detail: 'the broker left it out of its answer to DescribeConfigs',
};

/**
 * What Kafka's settings mean. A topic that is only compacted is not cut by age or size, whatever its retention says
 * (cleanup.policy: `delete` has to be named for that).
 */
function toTopicConfig({ values }: TopicConfigAnswer): TopicConfig {
  const policies = values
    .get('cleanup.policy')
    ?.split(',')
    .map((policy) => policy.trim());
  const isKept = policies !== undefined && !policies.includes('delete');
  const retentionMs = limit(values.get('retention.ms'));
  const timestampType = values.get('message.timestamp.type');
  return {
    retentionMs: isKept ? 'unlimited' : typeof retentionMs === 'bigint' ? Number(retentionMs) : retentionMs,
    retentionBytes: isKept ? 'unlimited' : limit(values.get('retention.bytes')),
    compacted: policies === undefined ? null : policies.includes('compact'),
    timestampType: timestampType === 'CreateTime' || timestampType === 'LogAppendTime' ? timestampType : null,
  };
}

/** −1 is Kafka's word for no limit. */
function limit(value: string | null | undefined): bigint | 'unlimited' | null {
  if (value == null || !/^-?\d+$/.test(value)) return null;
  const number = BigInt(value);
  return number < 0n ? 'unlimited' : number;
}
