import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../shared/contracts/config/config-schema.ts';

// Writes docs/lagwarden.schema.json, by which editors complete and check lagwarden.yaml.
// A test compares the file with what this would write, so it cannot go stale.
const file = new URL('../docs/lagwarden.schema.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
