import { DescribeGlobalReplicationGroupsCommand } from '@aws-sdk/client-elasticache';
import { getItem } from '../aws/dynamoDbTable.ts';
import { elastiCache } from '../aws/elastiCacheClient.ts';
import { config } from '../config.ts';
import { Problem } from '../problems/problem.ts';

/**
 * Returns whether the table and ElastiCache of the own region respond. The result is cached for `config.readyCacheMs`, so that
 * the number of calls does not depend on the number of requests.
 */
export function isReady(): Promise<boolean> {
  if (Date.now() - checkedAt >= config.readyCacheMs) {
    checkedAt = Date.now();
    result = Promise.all([isTableReady(), isElastiCacheReady()]).then((ready) => ready.every(Boolean));
  }
  return result;
}

let checkedAt = Number.NEGATIVE_INFINITY;
let result = Promise.resolve(false);

const isTableReady = (): Promise<boolean> =>
  getItem({ pk: 'READY', sk: 'ready' }).then(
    () => true,
    () => false,
  );

/** Returns whether ElastiCache responds. A throttled call is a response: another region would not be better. */
const isElastiCacheReady = (): Promise<boolean> =>
  elastiCache(AbortSignal.timeout(config.readyMs))
    .send(new DescribeGlobalReplicationGroupsCommand({ MaxRecords: 20 })) // the smallest page
    .then(
      () => true,
      (problem) => problem instanceof Problem && problem.code === 'UpstreamThrottled',
    );
