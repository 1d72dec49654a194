import { Logger } from '@aws-lambda-powertools/logger';

/** Writes JSON lines. What is given to it must be free of secrets. */
export const logger = new Logger({ serviceName: 'global-datastore-api' });
