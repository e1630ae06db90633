import type { Selector } from '../../domain/selector.ts';
import { section, text } from './expectation.ts';
import { instant } from './instant.ts';
import { selectorSchema } from './selector.ts';

/** One entry of `mutes`: a time in which nobody is told. Instants in milliseconds since 1970. */
export type ConfiguredMute = {
  readonly match: Selector;
  /** `null`: it has begun. */
  readonly fromMs: number | null;
  readonly toMs: number;
  readonly why: string | null;
};

/** One entry of `mutes`. It must say whom and until when: silence without an end hides faults for good. */
export const muteSchema = section(
  {
    match: selectorSchema.describe('Whom nobody is told about.'),
    from: instant().exactOptional().describe('Absent: it has begun.'),
    to: instant().describe('Must be said: silence has an end.'),
    why: text(/\S/, { what: 'a reason', example: 'freeze' }).exactOptional(),
  },
  'a mute',
).transform(
  ({ match, from = null, to, why = null }): ConfiguredMute => ({ match, fromMs: from, toMs: to, why }),
);
