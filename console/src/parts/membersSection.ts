import type { Drill, GlobalReplicationGroup } from '@global-datastore/client';
import { html } from 'htm/preact';
import { reads } from '../api.ts';
import { Slots } from '../drawings/slots.ts';
import { Topology } from '../drawings/topology.ts';
import { lagOf, type Replication } from '../lag.ts';
import { membersOf } from '../members.ts';
import { usePoll } from '../poll.ts';
import { ConnectionSection } from './connection.ts';
import { MemberCard, type MemberGroup } from './memberCard.ts';
import { Warnings } from './warnings.ts';

interface Props {
  readonly datastore: GlobalReplicationGroup;
  /** The drills of the datastore, the latest first. Undefined until they are read. */
  readonly drills: readonly Drill[] | undefined;
}

const pollMs = 15_000;

/** Shows the topology, a card for each member, the shards, and the code for clients. */
export function MembersSection({ datastore, drills = [] }: Props) {
  const { GlobalReplicationGroupId: id, GlobalNodeGroups: shards = [] } = datastore;
  const members = membersOf(datastore);
  const keys = members.map(
    ({ ReplicationGroupRegion, ReplicationGroupId }) => `${ReplicationGroupRegion}/${ReplicationGroupId}`,
  );
  const replication = usePoll((signal) => readReplication(id, signal), pollMs, [id, keys.join()]);
  const groups = usePoll((signal) => readGroups(keys, signal), pauseOfGroups, [keys.join()]);
  return html`
    <section class="panel" aria-label="Topology">
      <h2>Topology</h2>
      <${Warnings} of=${replication.value?.Warnings} />
      <${Topology} datastore=${datastore} replication=${replication.value} />
    </section>
    <section aria-label="Members" class="members">
      ${members.map(
        (member, index) => html`<${MemberCard} key=${keys[index]} datastore=${datastore} member=${member}
          lag=${lagOf(replication.value, member)} group=${groups.value?.get(keys[index] ?? '')}
          drill=${drills.find(({ PrimaryRegion, RtoSeconds }) => RtoSeconds !== undefined && PrimaryRegion === member.ReplicationGroupRegion)} />`,
      )}
    </section>
    ${shards.length > 0 && html`<section class="panel" aria-label="Shards"><h2>Shards</h2><${Slots} shards=${shards} /></section>`}
    <${ConnectionSection} id=${id} />`;
}

/** Returns the pause before groups are read again. The read of the datastore does not show changes of a group. */
const pauseOfGroups = (groups: ReadonlyMap<string, MemberGroup>): number =>
  [...groups.values()].every(({ ReplicationGroup: { Status } }) => Status === 'available') ? pollMs : 2_000;

const readReplication = (GlobalReplicationGroupId: string, signal: AbortSignal): Promise<Replication> =>
  reads.getReplication({ GlobalReplicationGroupId, Since: 'PT1H' }, { signal });

/** Reads the replication groups of members. A group that cannot be read is left out. */
async function readGroups(keys: readonly string[], signal: AbortSignal): Promise<Map<string, MemberGroup>> {
  const read = async (key: string): Promise<[string, MemberGroup][]> => {
    const [Region = '', ReplicationGroupId = ''] = key.split('/');
    const answer = await reads.getReplicationGroup({ Region, ReplicationGroupId }, { signal }).catch(() => undefined);
    return answer ? [[key, answer]] : [];
  };
  return new Map((await Promise.all(keys.map(read))).flat());
}
