// What a resource has left behind: events, and the API calls that touched it.

import { make } from './dom.js';
import { makeDate, makeNone } from './parts.js';
import { routeTo } from './router.js';
import { colorOf } from './types.js';

/** @param {{id: string, type: string, created: unknown}[]} events */
export function makeEvents(events) {
  if (!events.length) return makeNone('No event yet.');
  return make(
    'ol',
    { class: 'plain trail' },
    ...events.map(({ id, type, created }) => make('li', {}, makeDate(created), ' ', make('span', { class: `swatch ${colorOf(type)}` }), make('span', { class: 'what' }, type), ' ', make('code', {}, id))),
  );
}

/** @param {(number | {number: number, method: string, path: string, status: number})[]} requests */
export function makeCalls(requests) {
  if (!requests.length) return makeNone('No API call yet.');
  return make(
    'ul',
    { class: 'plain calls' },
    ...requests.map((request) => {
      const number = typeof request === 'number' ? request : request.number;
      const words = typeof request === 'number' ? `#${number}` : `#${number} ${request.method} ${request.path} ${request.status || 'cut'}`;
      return make('li', {}, make('a', { href: routeTo('requests', String(number)) }, words));
    }),
  );
}
