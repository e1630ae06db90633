import type { Offset } from '../domain/offset.ts';

export type OffsetWriter = (offset: Offset) => Promise<void>;
