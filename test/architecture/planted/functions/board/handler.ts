// plants functions-stand-alone
import { command } from '../../cli/lagwarden.ts';

export const handler = command;
