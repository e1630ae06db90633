// plants shared-knows-no-entry-point
import { env } from '../../../functions/notify/env.ts';

export const probe = env;
