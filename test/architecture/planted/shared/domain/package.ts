// plants domain-imports-nothing
import * as z from 'zod';

export const schema = z;
