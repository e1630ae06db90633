import { writer } from '../../shared/adapters/kafka/offset-writer.ts';

export const apply = writer;
