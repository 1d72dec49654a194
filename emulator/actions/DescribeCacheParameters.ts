import type {
  CacheParameterGroupDetails,
  ChangeType,
  DescribeCacheParametersMessage,
  Parameter,
} from '@aws-sdk/client-elasticache';
import { paginate } from '../protocol/paging.ts';
import { findStoredParameterGroup, getParameterGroup, type ParameterGroup } from '../rules/parameterGroups.ts';
import { type EngineParameter, listParameters, minimumVersionOf } from '../rules/parameters.ts';
import { assertOneOf } from '../rules/parameterValidation.ts';
import type { Store } from '../state/store.ts';

/**
 * Returns the parameters of a parameter group. In the samples of awscli, all parameters of the defaults are of the source
 * `system`, and those that a created group can change are of the source `user`, changed or not.
 * unverified: no parameter is of the source `engine-default`.
 */
export function DescribeCacheParameters(
  store: Store,
  input: DescribeCacheParametersMessage,
): CacheParameterGroupDetails {
  assertOneOf(input.Source, sources, 'Source');
  const group = getParameterGroup(store, input.CacheParameterGroupName ?? '');
  const isOwn = findStoredParameterGroup(store, group.name) !== undefined;
  const parameters = listParameters(group.family).map((parameter) => viewParameter(group, parameter, isOwn));
  const { items, Marker } = paginate(
    () => parameters.filter(({ Source }) => Source === (input.Source ?? Source)),
    ({ ParameterName = '' }) => ParameterName,
    input,
  );
  return { Marker, Parameters: items };
}

/** ElastiCache API reference, DescribeCacheParameters. */
const sources = { USER: 'user', SYSTEM: 'system', DEFAULT: 'engine-default' };

function viewParameter(group: ParameterGroup, parameter: EngineParameter, isOwn: boolean): Parameter {
  const { name, type, allowed, description, reboot = false, fixed = false } = parameter;
  return {
    ParameterName: name,
    ParameterValue: currentValueOf(group, parameter) || undefined,
    Description: description,
    Source: isOwn && !fixed ? 'user' : 'system',
    DataType: type,
    AllowedValues: allowed,
    IsModifiable: !fixed && (isOwn || !reboot),
    MinimumEngineVersion: minimumVersionOf(parameter, group.family),
    ChangeType: (reboot ? 'requires-reboot' : 'immediate') satisfies ChangeType,
  };
}

function currentValueOf({ clusterEnabled, parameters = {} }: ParameterGroup, { name, value }: EngineParameter): string {
  if (name === 'cluster-enabled') return clusterEnabled ? 'yes' : 'no';
  return Object.hasOwn(parameters, name) ? (parameters[name] as string) : value;
}
