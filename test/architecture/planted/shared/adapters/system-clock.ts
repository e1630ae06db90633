// plants adapters-keep-to-their-own-folder
import { store } from './s3/state-store.ts';

export const clock = store;
