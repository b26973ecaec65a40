// What a resource has left behind: events, and the API calls that touched it.

import { make } from './dom.js';
import { fill, makeDate, makeNone } from './parts.js';
import { routeTo } from './router.js';
import { colorOf } from './types.js';

/** @typedef {import('./api.js').Api} Api */

/** @param {{id: string, type: string, created: unknown}[]} events */
export function makeEvents(events) {
  if (!events.length) return makeNone('No event yet.');
  return make(
    'ol',
    { class: 'plain trail' },
    ...events.map(({ id, type, created }) => make('li', {}, makeDate(created), ' ', make('span', { class: `swatch ${colorOf(type)}` }), make('span', { class: 'what' }, type), ' ', make('code', {}, id))),
  );
}

const NAMED = 10; // calls whose method and path are asked for, the newest

/** API calls, as links. The resource has their numbers only; what they were is asked for once. */
export class Calls {
  element = make('ul', { class: 'plain calls' });
  #api;
  /** @type {Map<number, string>} */
  #words = new Map();
  /** @type {number[]} the newest first */
  #numbers = [];

  /** @param {Api} api */
  constructor(api) {
    this.#api = api;
  }

  /** @param {number[]} numbers */
  show(numbers) {
    this.#numbers = numbers.toSorted((a, b) => b - a);
    this.#render();
    for (const number of this.#numbers.slice(0, NAMED)) {
      if (this.#words.has(number)) continue;
      this.#words.set(number, '');
      this.#api.get(`requests/${number}`).then(
        ({ method, path, status }) => {
          this.#words.set(number, `${method} ${path} ${status || 'cut'}`);
          this.#render();
        },
        () => {}, // it is not kept any more; the link says so
      );
    }
  }

  #render() {
    fill(
      this.element,
      this.#numbers.length ? this.#numbers.map((number) => make('li', {}, make('a', { href: routeTo('requests', String(number)) }, `#${number} ${this.#words.get(number) ?? ''}`.trim()))) : [make('li', {}, makeNone('No API call yet.'))],
    );
  }
}
