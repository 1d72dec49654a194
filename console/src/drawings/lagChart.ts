import { html } from 'htm/preact';
import { formatLag, type SecondaryLag } from '../lag.ts';

const width = 260;
const height = 56;
const hourMs = 3_600_000;

/** Draws the lag of a secondary over the last hour, with its largest value as text. */
export function LagChart({ lag }: { readonly lag: SecondaryLag }) {
  const { Series: series = [] } = lag;
  if (series.length === 0) return html`<p class="muted">No lag is known for the last hour.</p>`;
  const largest = Math.max(...series.map(({ LagSeconds }) => LagSeconds));
  const top = Math.max(1, largest);
  const end = Date.parse(series.at(-1)?.At ?? '');
  const points = series.map(({ At, LagSeconds }) => {
    const x = width * (1 - (end - Date.parse(At)) / hourMs);
    return `${round(x)},${round(height - 4 - (height - 8) * (LagSeconds / top))}`;
  });
  const words = `Lag of the last hour: at most ${formatLag(largest)}, now ${formatLag(lag.LagSeconds)}.`;
  return html`
    <figure class="lag-chart">
      <svg viewBox=${`0 0 ${width} ${height}`} role="img" aria-label=${words} preserveAspectRatio="none">
        <line x1="0" x2=${width} y1=${height - 4} y2=${height - 4} />
        ${points.length > 1 ? html`<polyline points=${points.join(' ')} />` : html`<circle class="dot" r="3" cx=${points[0]?.split(',')[0]} cy=${points[0]?.split(',')[1]} />`}
      </svg>
      <figcaption>last hour, at most ${formatLag(largest)}</figcaption>
    </figure>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
