// plants offset-writer-only-from-the-reset-path
import type { OffsetWriter } from '../ports/offset-writer.ts';

export type Observe = OffsetWriter;
