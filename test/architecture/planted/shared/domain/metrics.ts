import type { Offset } from './offset.ts';

export const catalogue: readonly Offset[] = [];
