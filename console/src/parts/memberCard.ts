import type { Drill, GlobalReplicationGroup, Operations, ReplicationGroup } from '@global-datastore/client';
import { html } from 'htm/preact';
import { LagChart } from '../drawings/lagChart.ts';
import { formatLag, levelOf, type SecondaryLag } from '../lag.ts';
import type { Member } from '../members.ts';
import { cityOf } from '../regions.ts';
import { datastoreHref } from '../router.ts';
import { Time } from '../time.ts';
import { Copy } from './copy.ts';
import { Fact } from './fact.ts';
import { Status } from './status.ts';

/** The replication group of a member, with the configuration of its nodes. */
export type MemberGroup = Operations['getReplicationGroup']['output'];

interface Props {
  readonly datastore: GlobalReplicationGroup;
  readonly member: Member;
  readonly lag: SecondaryLag | undefined;
  /** The replication group of the member. Undefined until it is read, and if its region does not respond. */
  readonly group: MemberGroup | undefined;
  /** The last drill to this region. */
  readonly drill: Drill | undefined;
}

/** Shows one member: its settings, its addresses, its lag, and its actions. */
export function MemberCard({ datastore, member, lag, group: read, drill }: Props) {
  const { ReplicationGroup: group, Configuration: configuration } = read ?? {};
  const { ReplicationGroupRegion: region = '', ReplicationGroupId: id = '', Role, Status: status } = member;
  const isPrimary = Role === 'PRIMARY';
  return html`
    <article class=${`member ${isPrimary ? 'primary' : ''}`} aria-label=${`${region}, ${isPrimary ? 'primary' : 'secondary'}`}>
      <header>
        <h3>${region} <span class="city">${cityOf(region)}</span></h3>
        <p><span class="role"><span aria-hidden="true">${isPrimary ? '●' : '○'}</span> ${isPrimary ? 'primary' : 'secondary'}</span> <${Status} of=${status} /></p>
      </header>
      <dl>
        <${Fact} name="Replication group">${id}${group && group.Status !== 'available' && html` <${Status} of=${group.Status} />`}<//>
        <${Fact} name="Engine">${group?.Engine ?? datastore.Engine} ${configuration?.EngineVersion ?? datastore.EngineVersion}<//>
        <${Fact} name="Nodes">${describeNodes(group)} ${group?.CacheNodeType ?? datastore.CacheNodeType}<//>
        ${configuration && html`<${Fact} name="Parameter group">${configuration.CacheParameterGroupName} ${configuration.ParameterApplyStatus !== 'in-sync' && html`<${Status} of=${configuration.ParameterApplyStatus} />`}<//><${Fact} name="Maintenance">${configuration.PreferredMaintenanceWindow} UTC<//>`}
        ${endpointsOf(group).map(([name, address]) => html`<${Fact} key=${name} name=${name} isWide=${true}><code>${address}</code><${Copy} text=${address} of=${`${name.toLowerCase()} of ${region}`} /><//>`)}
        ${!isPrimary && html`<${Fact} name="Lag"><b class=${`lag-word ${levelOf(lag?.LagSeconds).name}`}>${formatLag(lag?.LagSeconds)}</b> ${levelOf(lag?.LagSeconds).word}<//>`}
        ${drill && html`<${Fact} name="Last drill">${drill.RtoSeconds} s, <${Time} at=${drill.AcceptedAt} /><//>`}
      </dl>
      ${lag && html`<${LagChart} lag=${lag} />`}
      <${MemberActions} datastore=${datastore} member=${member} />
    </article>`;
}

function MemberActions({ datastore, member }: Pick<Props, 'datastore' | 'member'>) {
  const { ReplicationGroupRegion, ReplicationGroupId, Role } = member;
  const to = (form: string, values: object) => datastoreHref(datastore.GlobalReplicationGroupId, form, values);
  const place = { ReplicationGroupRegion, ReplicationGroupId };
  return html`
    <footer>
      ${Role !== 'PRIMARY' && html`<a class="button small" href=${to('failoverGlobalDatastore', { PrimaryRegion: ReplicationGroupRegion })}>Fail over to ${ReplicationGroupRegion}</a>`}
      <a class="button small" href=${to('modifyMember', place)} aria-label=${`Change ${ReplicationGroupRegion}`}>Change</a>
      ${Role !== 'PRIMARY' && html`<a class="button small danger" href=${to('removeMember', place)} aria-label=${`Detach ${ReplicationGroupRegion}`}>Detach</a>`}
    </footer>`;
}

function describeNodes(group: ReplicationGroup | undefined): string {
  const { MemberClusters = [], NodeGroups = [] } = group ?? {};
  if (MemberClusters.length === 0) return '';
  return `${MemberClusters.length}${NodeGroups.length > 1 ? ` in ${NodeGroups.length} shards` : ''} ×`;
}

/** Returns the addresses for clients: one with cluster mode, else one for writes and one for reads. */
function endpointsOf(group: ReplicationGroup | undefined): [name: string, address: string][] {
  const { ConfigurationEndpoint, NodeGroups: [first] = [] } = group ?? {};
  const named = {
    'Configuration endpoint': ConfigurationEndpoint,
    ...(!ConfigurationEndpoint && {
      'Primary endpoint': first?.PrimaryEndpoint,
      'Reader endpoint': first?.ReaderEndpoint,
    }),
  };
  return Object.entries(named).flatMap(([name, endpoint]) =>
    endpoint?.Address ? [[name, `${endpoint.Address}:${endpoint.Port}`]] : [],
  );
}
