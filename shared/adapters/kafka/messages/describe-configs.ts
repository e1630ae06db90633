import type { Message } from '../message.ts';

export interface TopicConfigAnswer {
  readonly topic: string;
  readonly error: number;
  /** By key; a key that the broker does not know is absent, one without a value is `null`. */
  readonly values: ReadonlyMap<string, string | null>;
}

/** ConfigResource.Type in Kafka: 2 is a topic. */
const topicResource = 2;

/**
 * DescribeConfigs v4 (KIP-482): the named settings of topics, each as the value that holds, wherever it was set. Any
 * broker answers for any topic. Needs DescribeConfigs on the topic.
 */
export function describeConfigs(
  topics: readonly string[],
  keys: readonly string[],
): Message<readonly TopicConfigAnswer[]> {
  return {
    api: 'DescribeConfigs',
    versions: { min: 4, max: 4 },
    encode(out) {
      out.arrayLength(topics.length);
      for (const topic of topics) {
        out.int8(topicResource);
        out.string(topic);
        out.arrayLength(keys.length);
        for (const key of keys) out.string(key);
        out.noTags();
      }
      out.boolean(false); // include_synonyms
      out.boolean(false); // include_documentation
      out.noTags();
    },
    decode(from) {
      from.throttleTime();
      const answers: TopicConfigAnswer[] = [];
      const count = from.arrayLength(7);
      for (let i = 0; i < count; i++) {
        const error = from.int16();
        from.nullableString(); // error message
        from.int8(); // resource type
        const topic = from.string();
        const values = new Map<string, string | null>();
        const valueCount = from.arrayLength(9);
        for (let v = 0; v < valueCount; v++) {
          const key = from.string();
          values.set(key, from.nullableString());
          from.skip(3); // read only, source, is sensitive
          const synonymCount = from.arrayLength(4);
          for (let s = 0; s < synonymCount; s++) {
            from.string();
            from.nullableString();
            from.skip(1); // source
            from.skipTags();
          }
          from.skip(1); // type
          from.nullableString(); // documentation
          from.skipTags();
        }
        from.skipTags();
        answers.push({ topic, error, values });
      }
      from.skipTags();
      return answers;
    },
  };
}
