// plants functions-keep-to-their-own-folder
import { handler as other } from '../write-offsets/handler.ts';
import { env } from './env.ts';

export const handler = [env, other];
