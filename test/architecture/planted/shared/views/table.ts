import type { Offset } from '../domain/offset.ts';

export const table = (offset: Offset): string => `${offset}`;
