// Events of before, from the back end.

import { readEvent } from './pepay-stream.js';

/** @typedef {import('./pepay-stream.js').PepayEvent} PepayEvent */

const LIMIT = 5000; // milliseconds

/**
 * The latest events that the stream had, the newest first; the back end answers with one a line.
 *
 * @param {string} scope
 * @returns {Promise<{events: {event: PepayEvent, json: string}[], complete: boolean}>} complete: there are no older ones.
 */
export async function loadHistory(scope) {
  const answer = await fetch(`/history?scope=${scope}`, { cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(LIMIT) });
  if (answer.status === 401) location.assign('/sign-in');
  if (!answer.ok) throw new Error(`the back end answered ${answer.status}`);
  const events = [];
  for (const json of (await answer.text()).split('\n')) {
    const event = readEvent(json);
    if (event) events.push({ event, json });
  }
  return { events, complete: answer.headers.get('X-Complete') === 'true' };
}
