import type { Answer } from './answer.ts';

export const answerApiVersions: Answer = (request, out, { offers, throttleMs, version }) => {
  if (version >= 3) {
    request.compactString(); // client software name
    request.compactString(); // client software version
    request.skipTags();
  }
  out.int16(0);
  out.compactArray(offers, ([key, { min, max }]) => out.int16(key).int16(min).int16(max).noTags());
  out.int32(throttleMs).noTags();
};
