import { event } from '../build/codeCache/exampleEvent.ts';

/** The requests to create a datastore that every variant has to answer alike, as an HTTP API hands them to a function. */
export const requests = {
  good: event('POST', '/global-datastores', {
    GlobalReplicationGroupIdSuffix: 'sessions',
    PrimaryReplicationGroupId: 'sessions-use1',
  }),
  /** A value of the wrong type, and a member that is not known. */
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

/** The request for the datastore that there is. */
export const read = {
  ...event('GET', '/global-datastores/ldgnf-orders'),
  pathParameters: { GlobalReplicationGroupId: 'ldgnf-orders' },
};
