// plants pipeline-knows-no-function
import type { env } from './notify/env.ts';

export type Deadline = typeof env;
