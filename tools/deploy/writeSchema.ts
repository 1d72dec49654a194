import { writeFileSync } from 'node:fs';
import { environmentSchema } from './environmentSchema.ts';

// Writes the schema that editors read for environments/*.yml.
const $schema = 'https://json-schema.org/draft/2020-12/schema';
writeFileSync('environments/schema.json', `${JSON.stringify({ $schema, ...environmentSchema }, null, 2)}\n`);
