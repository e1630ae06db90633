// plants usecases-reach-out-through-ports
import { store } from '../adapters/s3/state-store.ts';

export const poll = store;
