// A list with a search, and beside it what one of its rows stands for.

import { Collection, MOST } from './collection.js';
import { make } from './dom.js';
import { Rows } from './rows.js';
import { routeTo } from './router.js';

/** @typedef {import('./api.js').Api} Api */
/** @typedef {import('./changes.js').Change} Change */
/** @typedef {import('./router.js').Route} Route */

/**
 * What views work with.
 *
 * @typedef {object} Tools
 * @property {Api} api
 * @property {(words: string) => void} say Tells a screen reader.
 * @property {(id: string) => boolean} arrived Whether an event has been seen to happen.
 */

/**
 * @typedef {object} View
 * @property {HTMLElement} element
 * @property {(route: Route, first: boolean) => void} show first: the page has just been loaded.
 * @property {(changes: Change[]) => void} changed
 * @property {() => void} reload Everything may be different.
 */

/**
 * @typedef {object} Detail
 * @property {HTMLElement} element Its first heading gets the focus.
 * @property {() => void} load
 * @property {(changes: Change[]) => void} changed
 */

/**
 * @template T
 * @typedef {object} ListOptions
 * @property {string} view As in the address; also the name of what the simulator is asked for.
 * @property {string} kind Of the changes that concern it.
 * @property {string} title
 * @property {string} searches What the search looks at.
 * @property {string} empty
 * @property {(raw: any) => T} pick
 * @property {(item: T) => string} key
 * @property {((id: string) => Promise<any>)} [one]
 * @property {(item: T) => (string | Node | false)[]} content
 * @property {(id: string) => Detail} open
 */

const TYPING = 250; // milliseconds without a key before it is searched
const MISSED = 1000; // changes that are remembered while a view is not seen

/** @template T @implements {View} */
export class ListView {
  element;
  #options;
  #rows;
  #things;
  #empty;
  #count;
  #input;
  #side;
  /** @type {Detail | null} */
  #detail = null;
  #id = '';
  /** @type {any} */
  #typing = null;
  /** @type {Change[]} */
  #missed = []; // while it was not seen

  /**
   * @param {Tools} tools
   * @param {ListOptions<T>} options
   */
  constructor(tools, options) {
    this.#options = options;
    const { view, title, key, searches } = options;
    this.#things = new Collection({
      load: (query) => tools.api.get(view, query),
      one: options.one,
      pick: options.pick,
      key,
      onUpdate: (fresh) => this.#update(fresh),
    });
    this.#rows = new Rows({
      label: title,
      key,
      href: (item) => routeTo(view, key(item), this.#things.search),
      content: options.content,
      onEnd: () => void this.#things.next(),
    });
    this.#rows.element.addEventListener('scroll', () => void this.#things.freshen(this.#rows.visible), { passive: true });
    this.#empty = make('p', { class: 'empty' });
    this.#count = make('span', { class: 'count' });
    this.#input = make('input', { type: 'search', 'aria-label': `Search ${title.toLowerCase()}`, placeholder: `Search ${searches}`, spellcheck: 'false', autocomplete: 'off', input: () => this.#typed() });
    this.#side = make('div', { class: 'side' });
    this.element = make(
      'div',
      { class: 'split', keydown: (/** @type {KeyboardEvent} */ event) => this.#key(event) },
      make('section', { class: 'list panel', 'aria-label': title }, make('div', { class: 'title-row' }, make('h2', {}, title, ' ', this.#count), this.#input), this.#rows.element, this.#empty),
      this.#side,
    );
    this.#side.append(make('p', { class: 'empty hint' }, 'Choose one to see what happened to it.'));
  }

  /**
   * @param {Route} route
   * @param {boolean} first
   */
  show({ id, search }, first) {
    if (document.activeElement !== this.#input) this.#input.value = search;
    if (!this.#things.loaded || search !== this.#things.search) void this.#things.reload(search);
    if (this.#missed.length) this.changed(this.#missed.splice(0));
    const before = this.#id;
    if (id === before) return;
    this.#id = id;
    this.#rows.select(id);
    this.element.toggleAttribute('data-open', id !== '');
    if (!id) {
      this.#detail = null;
      this.#side.replaceChildren(make('p', { class: 'empty hint' }, 'Choose one to see what happened to it.'));
      if (!first) this.#rows.focus(before);
      return;
    }
    this.#detail = this.#options.open(id);
    const close = make('a', { class: 'close', href: routeTo(this.#options.view, '', search), 'aria-label': `Close, back to ${this.#options.title.toLowerCase()}` }, 'Close');
    this.#side.replaceChildren(make('article', { class: 'detail panel' }, close, this.#detail.element));
    this.#detail.load();
    const heading = this.#detail.element.querySelector('h2');
    heading?.setAttribute('tabindex', '-1');
    if (!first) heading?.focus({ preventScroll: true });
  }

  /** @param {Change[]} changes */
  changed(changes) {
    if (this.element.hidden) {
      this.#missed = [...new Map([...this.#missed, ...changes].map((change) => [`${change.kind} ${change.id}`, change])).values()].slice(-MISSED);
      return;
    }
    this.#detail?.changed(changes);
    const keys = changes.filter(({ kind }) => kind === this.#options.kind).map(({ id }) => id);
    if (keys.length) void this.#things.refresh(keys);
  }

  reload() {
    void this.#things.reload();
    this.#detail?.load();
  }

  /** @param {Set<string>} fresh */
  #update(fresh) {
    const { items, more, error, search, loaded } = this.#things;
    this.#rows.show(items, more, fresh);
    this.#rows.select(this.#id);
    void this.#things.freshen(this.#rows.visible);
    const most = items.length >= MOST;
    this.#count.textContent = loaded ? `${items.length.toLocaleString()}${more || most ? '+' : ''}` : '';
    this.#rows.element.hidden = items.length === 0;
    this.#empty.hidden = items.length > 0 && !error;
    this.#empty.classList.toggle('problem', error !== '');
    this.#empty.textContent = error || (search ? `Nothing has “${search}”.` : this.#options.empty);
  }

  #typed() {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => location.replace(routeTo(this.#options.view, this.#id, this.#input.value.trim())), TYPING);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== 'Escape' || !this.#id || event.target === this.#input) return;
    location.hash = routeTo(this.#options.view, '', this.#things.search);
  }
}
