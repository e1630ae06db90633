import type { Answer } from './answer.ts';

/** Describe and everything else: the login of a fake cluster may do all. */
const allOperations = 0x7fff;

/** DescribeCluster v0. */
export const answerDescribeCluster: Answer = (request, out, context) => {
  request.boolean(); // include cluster authorized operations
  request.skipTags();

  out.int32(context.throttleMs).int16(0).compactString(null);
  out.compactString(context.cluster.clusterId).int32(context.alive[0]?.id ?? -1);
  out.compactArray(context.alive, ({ id, host, port }) =>
    out.int32(id).compactString(host).int32(port).compactString(null).noTags(),
  );
  out.int32(allOperations).noTags();
};
