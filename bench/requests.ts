import { event } from '../build/codeCache/exampleEvent.ts';

/** Events of requests to create a datastore. All variants must return the same responses. */
export const requests = {
  good: event('POST', '/global-datastores', {
    GlobalReplicationGroupIdSuffix: 'sessions',
    PrimaryReplicationGroupId: 'sessions-use1',
  }),
  /** A value of the wrong type and an unknown member. */
  violation: event('POST', '/global-datastores', {
    GlobalReplicationGroupIdSuffix: 7,
    PrimaryReplicationGroupId: 'sessions-use1',
    Colour: 'red',
  }),
  /** A datastore that exists already. */
  fault: event('POST', '/global-datastores', {
    GlobalReplicationGroupIdSuffix: 'orders',
    PrimaryReplicationGroupId: 'sessions-use1',
  }),
  broken: event('POST', '/global-datastores', '{"GlobalReplicationGroupIdSuffix":'),
};

/** The event of a read of the existing datastore. */
export const read = {
  ...event('GET', '/global-datastores/ldgnf-orders'),
  pathParameters: { GlobalReplicationGroupId: 'ldgnf-orders' },
};
