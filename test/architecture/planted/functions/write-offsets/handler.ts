import { writer } from '../../shared/adapters/kafka/offset-writer.ts';
import { pipeline } from '../pipeline.ts';

export const handler = [pipeline, writer];
