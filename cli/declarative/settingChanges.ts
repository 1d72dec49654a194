import { type GlobalReplicationGroup, isApplied } from '@global-datastore/client';
import type { DatastoreFile, SharedSettings } from './datastoreFile.ts';
import { primaryOf } from './members.ts';

/** A change of settings that all members share. */
export interface SettingChange {
  readonly name: string;
  readonly operation: 'modifyGlobalDatastore' | 'scaleNodeGroups';
  readonly input: SharedSettings & { readonly NodeGroupCount: number };
  readonly was: string;
}

/** Returns the changes of the settings that all members share. AWS accepts one change a call. */
export function settingChanges(wanted: DatastoreFile, group: GlobalReplicationGroup): SettingChange[] {
  const { NodeGroupCount, CacheNodeType, AutomaticFailoverEnabled, GlobalReplicationGroupDescription } = wanted;
  const drafts: readonly (readonly [SharedSettings, unknown])[] = [
    [{ CacheNodeType }, group.CacheNodeType],
    [engineOf(wanted, group), `${group.Engine} ${group.EngineVersion}`],
    [{ AutomaticFailoverEnabled }, primaryOf(group)?.AutomaticFailover],
    [{ GlobalReplicationGroupDescription }, group.GlobalReplicationGroupDescription?.trim() || 'none'],
  ];
  const nodeGroups = group.ClusterEnabled ? (group.GlobalNodeGroups?.length ?? 0) : 1;
  return [
    ...(NodeGroupCount === undefined || NodeGroupCount === nodeGroups
      ? []
      : [change('scaleNodeGroups', { NodeGroupCount }, `${nodeGroups}`)]),
    ...drafts
      .filter(([input]) => !isApplied('modifyGlobalDatastore', { GlobalReplicationGroupId: '', ...input }, group))
      .map(([input, was]) => change('modifyGlobalDatastore', input, `${was}`)),
  ];
}

const change = (operation: SettingChange['operation'], input: SharedSettings, was: string): SettingChange => ({
  name: Object.keys(input).join(' and '),
  operation,
  input: input as SettingChange['input'],
  was,
});

/** Returns the wanted engine and version. The parameter group, which no read shows, belongs to a change of them. */
function engineOf(
  { Engine, EngineVersion, CacheParameterGroupName }: DatastoreFile,
  group: GlobalReplicationGroup,
): SharedSettings {
  const isOther = Engine !== undefined && Engine !== group.Engine;
  return {
    ...(isOther && { Engine }),
    ...(EngineVersion !== undefined && { EngineVersion }),
    ...(EngineVersion !== undefined && CacheParameterGroupName !== undefined && { CacheParameterGroupName }),
  };
}
