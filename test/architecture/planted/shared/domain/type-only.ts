// plants domain-imports-nothing
import type { config } from '../contracts/config.ts';

export type Config = typeof config;
