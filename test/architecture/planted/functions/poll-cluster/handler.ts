// plants offset-writer-only-from-the-reset-path
import { writer } from '../../shared/adapters/kafka/offset-writer.ts';

export const handler = writer;
