import type { Answers } from './answer.ts';
import { answerApiVersions } from './api-versions.ts';
import { answerConsumerGroupDescribe } from './consumer-group-describe.ts';
import { answerDescribeCluster } from './describe-cluster.ts';
import { answerDescribeConfigs } from './describe-configs.ts';
import { answerDescribeGroups } from './describe-groups.ts';
import { answerFindCoordinator } from './find-coordinator.ts';
import { answerListGroups } from './list-groups.ts';
import { answerListOffsets } from './list-offsets.ts';
import { answerSaslAuthenticate, answerSaslHandshake } from './login.ts';
import { answerMetadata } from './metadata.ts';
import { answerOffsetFetch } from './offset-fetch.ts';

export const answers: Answers = {
  ListOffsets: answerListOffsets,
  Metadata: answerMetadata,
  OffsetFetch: answerOffsetFetch,
  DescribeGroups: answerDescribeGroups,
  FindCoordinator: answerFindCoordinator,
  ListGroups: answerListGroups,
  ApiVersions: answerApiVersions,
  ConsumerGroupDescribe: answerConsumerGroupDescribe,
  DescribeCluster: answerDescribeCluster,
  DescribeConfigs: answerDescribeConfigs,
  SaslHandshake: answerSaslHandshake,
  SaslAuthenticate: answerSaslAuthenticate,
};
