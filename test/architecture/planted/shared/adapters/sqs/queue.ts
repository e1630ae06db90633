// plants adapters-keep-to-their-own-folder
import type { store } from '../sqs/../s3/state-store.ts';

export type Queue = typeof store;
