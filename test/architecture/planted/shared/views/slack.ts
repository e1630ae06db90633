// plants views-import-domain-only
import type { config } from '../contracts/config.ts';

export const slack = (settings: typeof config): string => String(settings);
