import type { OffsetWriter } from '../ports/offset-writer.ts';

export const executeReset = (write: OffsetWriter): Promise<void> => write(1n);
