// plants no-unresolved
import { missing } from '../shared/domain/missing.ts';

export const poll = missing;
