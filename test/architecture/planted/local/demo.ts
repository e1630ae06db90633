import { build } from 'esbuild';
import { command } from '../cli/lagwarden.ts';
import { handler } from '../functions/write-offsets/handler.ts';

export const demo = [build, command, handler];
