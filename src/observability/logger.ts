import { Logger } from '@aws-lambda-powertools/logger';

/** The logger. It writes JSON lines. Its arguments must not contain secrets. */
export const logger = new Logger({ serviceName: 'global-datastore-api' });
