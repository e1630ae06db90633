// plants production-imports-no-dev-tool
import { build } from 'esbuild';

export const version = build;
