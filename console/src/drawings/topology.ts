import type { GlobalReplicationGroup } from '@global-datastore/client';
import { html } from 'htm/preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { formatLag, lagOf, levelOf, type Replication } from '../lag.ts';
import { type Member, membersOf, primaryOf } from '../members.ts';
import { cityOf } from '../regions.ts';

interface Props {
  readonly datastore: GlobalReplicationGroup;
  readonly replication: Replication | undefined;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The path of an arrow, and the place of its label. */
interface Way {
  readonly path: string;
  readonly label: Point & {
    /** The distance of the word below the figure. 0: the word is beside it. */
    readonly wordBelow: number;
  };
}

/** The places of the members, of equal size, and of the whole drawing. */
interface Layout {
  readonly width: number;
  readonly height: number;
  readonly card: { readonly width: number; readonly height: number };
  readonly corners: readonly Point[];
  readonly isRow: boolean;
}

/**
 * Draws the members as cards from west to east, or from top to bottom on a narrow page, and an arrow from the primary to each
 * secondary. The table below it has the same data for screen readers.
 */
export function Topology({ datastore, replication }: Props) {
  const frame = useRef<HTMLElement>(null);
  const width = useWidth(frame);
  const members = membersOf(datastore);
  const primary = members.indexOf(primaryOf(datastore) ?? {});
  const layout = layOut(members.length, width, members.length > 2 && primary !== 1);
  return html`
    <figure class="topology" ref=${frame}>
      <svg width=${layout.width} height=${layout.height} aria-hidden="true">
        <defs>${['close', 'behind', 'far', 'unknown'].map((name) => html`<${ArrowHead} key=${name} name=${name} />`)}</defs>
        ${
          primary >= 0 &&
          members.map(
            (member, index) =>
              index !== primary &&
              html`<${Arrow} key=${member.ReplicationGroupRegion} layout=${layout} from=${primary} to=${index} seconds=${replication && (lagOf(replication, member)?.LagSeconds ?? null)} />`,
          )
        }
        ${members.map((member, index) => html`<${Card} key=${member.ReplicationGroupRegion} member=${member} layout=${layout} corner=${layout.corners[index]} />`)}
      </svg>
      <${TopologyTable} members=${members} replication=${replication} />
    </figure>`;
}

/** Returns the width of an element, and updates it. */
function useWidth(frame: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(960);
  useEffect(() => {
    const observer = new ResizeObserver(
      ([entry]) => entry && entry.contentRect.width > 0 && setWidth(Math.floor(entry.contentRect.width)),
    );
    if (frame.current) observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  return width;
}

const cardHeight = 104;
const gap = { row: 150, column: 76 };
/** The room above the cards for an arrow that passes one of them. */
const archHeight = 62;

/** Places the members. `hasArch`: an arrow goes around the member in the middle. */
function layOut(count: number, available: number, hasArch: boolean): Layout {
  const isRow = available >= count * 170 + (count - 1) * gap.row;
  const width = Math.min(available, isRow ? 1100 : 460);
  return isRow ? layOutRow(count, width, hasArch) : layOutColumn(count, width, hasArch);
}

function layOutRow(count: number, width: number, hasArch: boolean): Layout {
  const cardWidth = Math.min(240, (width - (count - 1) * gap.row) / count);
  const top = hasArch ? archHeight : 8;
  const step = count > 1 ? Math.min(460, (width - cardWidth - 4) / (count - 1)) : 0;
  const corners = Array.from({ length: count }, (_, index) => ({ x: 2 + index * step, y: top }));
  return { width, height: top + cardHeight + 8, card: { width: cardWidth, height: cardHeight }, corners, isRow: true };
}

function layOutColumn(count: number, width: number, hasArch: boolean): Layout {
  const room = hasArch ? 96 : 4;
  const step = cardHeight + gap.column;
  const corners = Array.from({ length: count }, (_, index) => ({ x: 2, y: 4 + index * step }));
  return {
    width,
    height: count * step - gap.column + 8,
    card: { width: width - room, height: cardHeight },
    corners,
    isRow: false,
  };
}

function ArrowHead({ name }: { readonly name: string }) {
  return html`
    <marker id=${`head-${name}`} class=${`head ${name}`} markerUnits="userSpaceOnUse" markerWidth="14" markerHeight="14" refX="11" refY="7" orient="auto">
      <path d="M0 0 14 7 0 14Z" />
    </marker>`;
}

interface ArrowProps {
  readonly layout: Layout;
  readonly from: number;
  readonly to: number;
  readonly seconds: number | null | undefined;
}

/** Draws an arrow. Its text and its width show the lag. */
function Arrow({ layout, from, to, seconds }: ArrowProps) {
  const { name, word, width } = levelOf(seconds);
  const isRead = seconds !== undefined;
  const { path, label } = Math.abs(from - to) > 1 ? archOf(layout, from, to) : lineOf(layout, from, to);
  return html`
    <path class=${`arrow ${name}`} d=${path} stroke-width=${width} marker-end=${`url(#head-${name})`} />
    <text class="lag" x=${label.x} y=${label.y} text-anchor=${layout.isRow ? 'middle' : 'start'}>
      <tspan class="figure">${isRead && formatLag(seconds)}</tspan>
      <tspan ...${label.wordBelow ? { x: label.x, dy: label.wordBelow } : { dx: 8 }}>${isRead && word}</tspan>
    </text>`;
}

function lineOf({ corners, card, isRow }: Layout, from: number, to: number): Way {
  const [start, end] = [corners[from] ?? zero, corners[to] ?? zero];
  const sign = to > from ? 1 : -1;
  if (isRow) {
    const y = start.y + card.height / 2;
    const [x1, x2] = sign > 0 ? [start.x + card.width, end.x - 4] : [start.x, end.x + card.width + 4];
    return { path: `M${x1} ${y}H${x2}`, label: { x: (x1 + x2) / 2, y: y - 12, wordBelow: 36 } };
  }
  const x = start.x + card.width / 4;
  const [y1, y2] = sign > 0 ? [start.y + card.height, end.y - 4] : [start.y, end.y + card.height + 4];
  return { path: `M${x} ${y1}V${y2}`, label: { x: x + 14, y: (y1 + y2) / 2 - 4, wordBelow: 18 } };
}

/** Returns an arrow around the member in the middle. */
function archOf({ corners, card, isRow }: Layout, from: number, to: number): Way {
  const [start, end] = [corners[from] ?? zero, corners[to] ?? zero];
  if (isRow) {
    const [x1, x2] = [start.x + card.width / 2, end.x + card.width / 2];
    const side = (x2 - x1) / 8;
    return {
      path: `M${x1} ${start.y}C${x1 + side} 0 ${x2 - side} 0 ${x2} ${end.y - 4}`,
      label: { x: (x1 + x2) / 2, y: start.y - 20, wordBelow: 0 },
    };
  }
  const x = start.x + card.width;
  const [y1, y2] = [start.y + card.height / 2, end.y + card.height / 2];
  return {
    path: `M${x} ${y1}C${x + 40} ${y1} ${x + 40} ${y2} ${x + 4} ${y2}`,
    label: { x: x + 36, y: (y1 + y2) / 2 - 8, wordBelow: 18 },
  };
}

const zero: Point = { x: 0, y: 0 };

/** Draws a member as a card: its region, its role as a word and a shape, its id and its status. */
function Card({
  member,
  layout,
  corner,
}: {
  readonly member: Member;
  readonly layout: Layout;
  readonly corner: Point;
}) {
  const { ReplicationGroupRegion: region = '', ReplicationGroupId: id = '', Role = '', Status = '' } = member;
  const isPrimary = Role === 'PRIMARY';
  return html`
    <g class=${`card ${isPrimary ? 'primary' : ''}`} transform=${`translate(${corner.x} ${corner.y})`}>
      <rect width=${layout.card.width} height=${layout.card.height} rx="10" />
      <circle cx="20" cy="25" r="6" />
      <text x="34" y="30" class="role">${isPrimary ? 'Primary' : 'Secondary'}</text>
      <text x="14" y="56"><tspan class="region">${region}</tspan>${layout.card.width > 215 && html`<tspan class="city" dx="6">${cityOf(region)}</tspan>`}</text>
      <text x="14" y="75" class="id">${shorten(id, layout.card.width)}</text>
      <text x="14" y="93" class=${`member-status ${Status}`}>${Status}</text>
    </g>`;
}

const shorten = (text: string, width: number): string => {
  const room = Math.floor((width - 28) / 7.6);
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
};

function TopologyTable({
  members,
  replication,
}: {
  readonly members: readonly Member[];
  readonly replication: Props['replication'];
}) {
  return html`
    <div class="visually-hidden"><table>
      <caption>Topology: the members from west to east</caption>
      <thead><tr><th scope="col">Region</th><th scope="col">Replication group</th><th scope="col">Role</th><th scope="col">Status</th><th scope="col">Lag</th></tr></thead>
      <tbody>${members.map(
        (member) => html`
        <tr key=${member.ReplicationGroupRegion}>
          <th scope="row">${member.ReplicationGroupRegion}</th><td>${member.ReplicationGroupId}</td>
          <td>${member.Role}</td><td>${member.Status}</td><td>${describeLag(member, replication)}</td>
        </tr>`,
      )}</tbody>
    </table></div>`;
}

function describeLag(member: Member, replication: Props['replication']): string {
  if (member.Role === 'PRIMARY') return 'takes the writes';
  const { LagSeconds: seconds } = lagOf(replication, member) ?? {};
  return `${formatLag(seconds)}, ${levelOf(seconds).word}`;
}
