// What is made of numbers, and what is read from them.

const MINUTE = 60_000;

/**
 * Pepay's times: seconds since 1970, or text; the simulator's own are milliseconds or text.
 *
 * @param {unknown} value
 */
export function dateOf(value) {
  if (typeof value === 'number' && value > 0) return new Date(value < 1e11 ? value * 1000 : value);
  return new Date(typeof value === 'string' && value ? value : NaN);
}

/**
 * The day, or '' if it is today or no day at all; with its year if that is another one.
 *
 * @param {Date} at
 * @param {Date} now
 */
export function dayWords(at, now) {
  if (Number.isNaN(at.getTime()) || at.toDateString() === now.toDateString()) return '';
  return at.toLocaleDateString([], { day: 'numeric', month: 'short', year: at.getFullYear() === now.getFullYear() ? undefined : 'numeric' });
}

/** @param {unknown} microseconds */
export function durationOf(microseconds) {
  if (typeof microseconds !== 'number') return '';
  if (microseconds < 1000) return `${microseconds} µs`;
  const ms = microseconds / 1000;
  return ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/**
 * The first characters of an id are enough to tell it from others in a list; all of it is in the detail.
 *
 * @param {string} id
 */
export const shortId = (id) => (id.length > 13 ? `${id.slice(0, 8)}…` : id);

/**
 * Dollars as a person writes them; 0 if they are not an amount.
 *
 * @param {string} text
 */
export function millisOf(text) {
  const parts = /^(\d{1,9})(?:\.(\d{1,3}))?$/.exec(text.trim().replace(/^\$/, ''));
  return parts ? Number(parts[1]) * 1000 + Number((parts[2] ?? '').padEnd(3, '0')) : 0;
}

/** @param {number} ms */
export const offsetWords = (ms) => (ms === 0 ? 'real time' : `${spanWords(Math.abs(ms))} ${ms > 0 ? 'ahead' : 'behind'}`);

/** @param {number} ms */
export function spanWords(ms) {
  const minutes = Math.round(ms / MINUTE);
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ];
  return parts.filter(([n]) => n).map(([n, unit]) => `${n} ${unit}`).join(' ') || 'less than a minute';
}
