import type { GlobalReplicationGroup, Operations } from '@global-datastore/client';

type Replication = Operations['getReplication']['output'];

/** Draws the members of a datastore as text: an arrow from the primary to each secondary, with its lag. */
export function drawTopology({ Members = [] }: GlobalReplicationGroup, replication?: Replication): string {
  const primary = Members.find(({ Role }) => Role === 'PRIMARY');
  const others = Members.filter((member) => member !== primary);
  const start = primary ? `${primary.ReplicationGroupRegion} ● PRIMARY` : 'no primary';
  if (others.length === 0) return start;
  return others
    .map((member, index) => {
      const lag = lagOf(member, replication);
      const head = index === 0 ? start : ' '.repeat(start.length);
      const status = member.Status === 'associated' ? '' : ` (${member.Status})`;
      return `${head} ──${lag}──▶ ${member.ReplicationGroupRegion} ○ ${member.Role ?? 'SECONDARY'}${status}`;
    })
    .join('\n');
}

function lagOf(
  { ReplicationGroupRegion: region, ReplicationGroupId: id }: NonNullable<GlobalReplicationGroup['Members']>[number],
  replication: Replication | undefined,
): string {
  const secondary = replication?.Secondaries?.find(
    (other) => other.ReplicationGroupRegion === region && other.ReplicationGroupId === id,
  );
  if (!replication) return '';
  return typeof secondary?.LagSeconds === 'number' ? `${secondary.LagSeconds} s` : '?';
}
