import { writeFileSync } from 'node:fs';
import { escapeInvisible } from '../openapi/escapeInvisible.ts';
import { datastoreFileSchema } from './datastoreFileSchema.ts';

// Writes the schema that editors and gds read for the files of gds apply.
writeFileSync('cli/datastoreFile.schema.json', escapeInvisible(`${JSON.stringify(datastoreFileSchema, null, 2)}\n`));
