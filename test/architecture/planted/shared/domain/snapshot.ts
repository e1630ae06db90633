import type { Reading } from './reading.ts';

export type Snapshot = readonly Reading[];
