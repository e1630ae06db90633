// plants adapters-import-only-sdks
import { parse } from 'yaml';

export const store = parse;
