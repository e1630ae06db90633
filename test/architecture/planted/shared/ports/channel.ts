// plants ports-speak-domain-words
import type { config } from '../contracts/config.ts';

export type Channel = (settings: typeof config) => void;
