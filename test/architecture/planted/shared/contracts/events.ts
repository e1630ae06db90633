// plants contracts-import-domain-zod-yaml
import { gzipSync } from 'node:zlib';

export const events = gzipSync;
