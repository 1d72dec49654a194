import { html } from 'htm/preact';

/** The level of a status. Each has a colour and a mark, so that the level is readable without colours. */
type Level = 'good' | 'busy' | 'bad' | 'plain';

const marks: Readonly<Record<Level, string>> = { good: '✓', busy: '◌', bad: '!', plain: '·' };

const levels: Readonly<Record<string, Level>> = {
  available: 'good',
  'primary-only': 'good',
  associated: 'good',
  SUCCEEDED: 'good',
  DONE: 'good',
  accepted: 'good',
  FAILED: 'bad',
  REFUSED: 'bad',
  refused: 'bad',
  failed: 'bad',
  notApplied: 'bad',
  unknown: 'bad',
  STOPPED: 'plain',
  WAITING: 'plain',
  deleted: 'plain',
};

/** Shows a status of AWS or of this API: a mark and the word. An unknown status is shown as that of a change. */
export function Status({ of: status = 'unknown' }: { readonly of?: string | undefined }) {
  const level = levels[status] ?? (/fail/.test(status) ? 'bad' : 'busy');
  return html`<span class="status ${level}"><span aria-hidden="true">${marks[level]}</span> ${status.toLowerCase().replaceAll('_', ' ')}</span>`;
}
