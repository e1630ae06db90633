// plants no-cycles
import type { Snapshot } from './snapshot.ts';

export type Reading = Snapshot | null;
