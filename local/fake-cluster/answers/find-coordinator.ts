import { type Answer, kafkaError } from './answer.ts';

/** FindCoordinator v4: who coordinates these groups. */
export const answerFindCoordinator: Answer = (request, out, context) => {
  const { alive, cluster } = context;
  request.int8(); // key type
  const names = request.compactArray(() => request.compactString()) ?? [];
  request.skipTags();

  out.int32(context.throttleMs);
  out.compactArray(names, (name) => {
    const found = alive.find(({ id }) => id === cluster.groups.get(name)?.coordinator);
    out
      .compactString(name)
      .int32(found?.id ?? -1)
      .compactString(found?.host ?? '')
      .int32(found?.port ?? -1)
      .int16(found === undefined ? kafkaError.coordinatorNotAvailable : 0)
      .compactString(null)
      .noTags();
  });
  out.noTags();
};
