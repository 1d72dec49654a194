import type { GlobalReplicationGroup } from '@global-datastore/client';
import { html } from 'htm/preact';

type Shard = NonNullable<GlobalReplicationGroup['GlobalNodeGroups']>[number];

/** The hash slots of a cluster. Source: "Valkey cluster specification". */
const slotCount = 16_384;

/** Draws the slots of each shard as a bar over all slots, and lists them. */
export function Slots({ shards }: { readonly shards: readonly Shard[] }) {
  return html`
    <table class="slots">
      <thead><tr><th scope="col">Shard</th><th scope="col">Slots</th><th scope="col">Share</th><th scope="col"><span class="visually-hidden">Place of the slots</span></th></tr></thead>
      <tbody>${shards.map(({ GlobalNodeGroupId: id = '', Slots: text = '' }) => {
        const ranges = parseRanges(text);
        const size = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
        return html`<tr key=${id}>
          <th scope="row">${id}</th><td>${text || 'none'}</td><td>${((size / slotCount) * 100).toFixed(1)} %</td>
          <td class="place-of-slots"><svg viewBox=${`0 0 ${slotCount} 100`} preserveAspectRatio="none" aria-hidden="true">
            <rect class="all" width=${slotCount} height="100" />
            ${ranges.map(([from, to]) => html`<rect class="range" key=${from} x=${from} width=${to - from + 1} height="100" />`)}
          </svg></td>
        </tr>`;
      })}</tbody>
    </table>`;
}

const parseRanges = (text: string): [number, number][] =>
  text
    .split(',')
    .filter(Boolean)
    .map((range) => {
      const [from = 0, to = from] = range.split('-').map(Number);
      return [from, to];
    });
