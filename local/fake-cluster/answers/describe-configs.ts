import { type Answer, kafkaError } from './answer.ts';

const topicResource = 2;
const fromDefaults = 5;
const textType = 2;

/** What a topic has that nobody configured. */
const defaults: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'message.timestamp.type': 'CreateTime',
  'retention.bytes': '-1',
  'retention.ms': '604800000',
};

/** DescribeConfigs v4, of topics. */
export const answerDescribeConfigs: Answer = (request, out, { cluster, throttleMs }) => {
  const asked = request.compactArray(() => {
    const type = request.int8();
    const name = request.compactString();
    const keys = request.compactArray(() => request.compactString());
    request.skipTags();
    if (type !== topicResource) throw new RangeError(`the stand-in knows no resource of type ${type}`);
    return { name, keys };
  });
  request.boolean(); // include synonyms
  request.boolean(); // include documentation
  request.skipTags();

  out.int32(throttleMs);
  out.compactArray(asked ?? [], ({ name, keys }) => {
    const topic = cluster.topics.get(name);
    const error = topic === undefined ? kafkaError.unknownTopicOrPartition : (topic.configsError ?? 0);
    const configs = { ...defaults, ...topic?.configs };
    const told = Object.entries(configs).filter(([key]) => error === 0 && keys?.includes(key) !== false);
    out
      .int16(error)
      .compactString(error === 0 ? null : 'no')
      .int8(topicResource)
      .compactString(name);
    out.compactArray(told, ([key, value]) => {
      out.compactString(key).compactString(value).boolean(false).int8(fromDefaults).boolean(false);
      out
        .compactArray([], () => {})
        .int8(textType)
        .compactString(null)
        .noTags();
    });
    out.noTags();
  });
  out.noTags();
};
