import type { Answer } from './answer.ts';

/** ListGroups v3 to v5: the groups that this broker coordinates. */
export const answerListGroups: Answer = (request, out, context) => {
  const { broker, cluster, version } = context;
  if (version >= 4) request.compactArray(() => request.compactString());
  if (version >= 5) request.compactArray(() => request.compactString());
  request.skipTags();

  const listed = [...cluster.groups].filter(
    ([, { coordinator, alsoListedBy }]) => coordinator === broker || alsoListedBy === broker,
  );
  out.int32(context.throttleMs).int16(context.listGroupsError);
  out.compactArray(context.listGroupsError === 0 ? listed : [], ([name, { protocolType, state, type }]) => {
    out.compactString(name).compactString(protocolType);
    if (version >= 4) out.compactString(state);
    if (version >= 5) out.compactString(type);
    out.noTags();
  });
  out.noTags();
};
