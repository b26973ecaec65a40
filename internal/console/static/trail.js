// What a resource has left behind: events, and the API calls that touched it.

import { Loader } from './detail.js';
import { make } from './dom.js';
import { bodyText, fill, makeDate, makeLongText, makeNone } from './parts.js';
import { routeTo } from './router.js';
import { colorOf } from './types.js';

/** @typedef {import('./api.js').Api} Api */
/** @typedef {import('./listview.js').Tools} Tools */

/** Events. Each opens to show what was sent; what is open stays so. */
export class Events {
  element = make('ol', { class: 'plain trail' });
  #none = makeNone('No event yet.');
  #tools;
  /** @type {Map<string, HTMLElement>} */
  #known = new Map();

  /** @param {Tools} tools */
  constructor(tools) {
    this.#tools = tools;
    this.show([]);
  }

  /** @param {{id: string, type: string, created: unknown}[]} events */
  show(events) {
    const items = events.map((event) => this.#known.get(event.id) ?? this.#make(event));
    this.#known = new Map(events.map(({ id }, i) => [id, items[i]]));
    fill(this.element, items.length ? items : [make('li', {}, this.#none)]);
  }

  /** @param {{id: string, type: string, created: unknown}} event */
  #make({ id, type, created }) {
    const content = make('div', {});
    const loader = new Loader(
      () => this.#tools.api.get(`events/${encodeURIComponent(id)}`),
      ({ body }) => fill(content, makeLongText(`The event ${id}`, bodyText(body), this.#tools.say)),
    );
    /** @param {Event} event */
    const toggled = ({ target }) => {
      if (/** @type {HTMLDetailsElement} */ (target).open && !content.childElementCount) void loader.load();
    };
    const summary = make('summary', {}, make('span', { class: 'line' }, makeDate(created), make('span', {}, make('span', { class: `swatch ${colorOf(type)}` }), make('span', { class: 'what' }, type)), make('code', {}, id)));
    return make('li', {}, make('details', { toggle: toggled }, summary, loader.element, content));
  }
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
