import { Ajv2020, type Options } from 'ajv/dist/2020.js';
import { formats } from './formats.ts';

/** Creates a schema compiler that reports every violation, coerces nothing and refuses unknown keywords. */
export const ajv = (options: Options = {}) =>
  new Ajv2020({ allErrors: true, strict: true, strictRequired: false, formats, ...options });
