import { signal } from '@preact/signals';
import { html } from 'htm/preact';

/** Whether times are shown in UTC instead of the zone of the reader. */
export const isUtc = signal(localStorage.getItem('times') === 'UTC');

/** The present time, updated each second. Components that read it are rendered again. */
const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 1000);

/** Switches all times between the zone of the reader and UTC. */
export function switchZone(): void {
  isUtc.value = !isUtc.value;
  localStorage.setItem('times', isUtc.value ? 'UTC' : 'local');
}

/** Shows a point in time in the zone of the reader. The title has it in UTC. */
export function Time({ at }: { readonly at: string | number }) {
  const date = new Date(at);
  const utc = `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return html`<time dateTime=${date.toISOString()} title=${utc}>${formatTime(date)}</time>`;
}

/** Shows the time since a point in time, and updates it each second. */
export function Elapsed({ since, until }: { readonly since: string; readonly until?: string | undefined }) {
  const end = until ? Date.parse(until) : Math.max(now.value, Date.parse(since));
  return html`<span>${formatSeconds((end - Date.parse(since)) / 1000)}</span>`;
}

/** Returns a duration in its two largest units. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

const today = (date: Date): boolean => date.toDateString() === new Date().toDateString();

function formatTime(date: Date): string {
  const day: Intl.DateTimeFormatOptions = isUtc.value || !today(date) ? { day: 'numeric', month: 'short' } : {};
  const zone: Intl.DateTimeFormatOptions = isUtc.value ? { timeZone: 'UTC' } : {};
  const options = { ...day, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', ...zone } as const;
  return `${new Intl.DateTimeFormat(undefined, options).format(date)}${isUtc.value ? ' UTC' : ''}`;
}
