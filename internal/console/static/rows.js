// A list of which only the rows that are seen exist, however long it is.

import { make } from './dom.js';

/**
 * @template T
 * @typedef {object} RowOptions
 * @property {string} label Names the list for a screen reader.
 * @property {(item: T) => string} key What tells an item from the others.
 * @property {(item: T) => string} href Where its row leads.
 * @property {(item: T) => (string | Node | false)[]} content What its row shows.
 * @property {() => void} onEnd The end is near: more may be loaded.
 */

const AROUND = 6; // rows that exist beyond those that are seen
const GUESS = 60; // pixels, until a row has been measured

/** @template T */
export class Rows {
  element;
  #options;
  #list;
  /** @type {readonly T[]} */
  #items = [];
  /** @type {Map<string, number>} */
  #places = new Map();
  /** @type {Map<string, {row: HTMLLIElement, link: HTMLAnchorElement, item: T}>} */
  #shown = new Map();
  #height = 0;
  #selected = '';
  #more = false;
  #planned = false;
  #scrolled = 0;

  /** @param {RowOptions<T>} options */
  constructor(options) {
    this.#options = options;
    this.#list = make('ol', { class: 'rows', 'aria-label': options.label, role: 'list' });
    this.element = make('div', { class: 'scroll' }, this.#list);
    this.element.addEventListener('scroll', () => this.#plan(), { passive: true });
    this.element.addEventListener('keydown', (event) => this.#move(event));
    new ResizeObserver(() => {
      this.#height = 0; // the text may be larger now
      this.element.scrollTop ||= this.#scrolled; // some browsers forget it while it is hidden
      this.#plan();
    }).observe(this.element);
  }

  /** How many rows exist, for tests. */
  get size() {
    return this.#shown.size;
  }

  /**
   * Shows these items. What is seen stays where it is when there are new ones above it.
   *
   * @param {readonly T[]} items
   * @param {boolean} more Whether there are more than these.
   * @param {Set<string>} [fresh] Keys of those to point out.
   */
  show(items, more, fresh) {
    const first = this.#items[this.#topmost()];
    const before = first === undefined ? -1 : this.#topmost();
    this.#items = items;
    this.#more = more;
    this.#places = new Map(items.map((item, i) => [this.#options.key(item), i]));
    const now = first === undefined ? undefined : this.#places.get(this.#options.key(first));
    this.#list.style.height = `${items.length * this.#rowHeight()}px`;
    if (now !== undefined && before >= 0 && this.element.scrollTop > 0) this.element.scrollTop += (now - before) * this.#rowHeight();
    this.#render(fresh);
  }

  /** @param {string} key */
  select(key) {
    this.#selected = key;
    for (const [shown, { link }] of this.#shown) mark(link, shown === key);
  }

  /** Brings a row into view, and the focus to it. @param {string} key */
  focus(key) {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#reveal(place);
    this.#shown.get(key)?.link.focus({ preventScroll: true });
  }

  /** Which items are seen. */
  get visible() {
    const height = this.#rowHeight();
    const start = Math.max(0, Math.floor(this.element.scrollTop / height));
    return this.#items.slice(start, start + Math.ceil(this.element.clientHeight / height) + 1);
  }

  #topmost() {
    return Math.floor(this.element.scrollTop / this.#rowHeight());
  }

  #rowHeight() {
    if (!this.#height) this.#height = this.#list.querySelector('li')?.offsetHeight ?? 0;
    return this.#height || GUESS;
  }

  #plan() {
    if (this.#planned) return;
    this.#planned = true;
    requestAnimationFrame(() => {
      this.#planned = false;
      if (this.element.clientHeight) {
        this.#scrolled = this.element.scrollTop;
        this.#list.style.height = `${this.#items.length * this.#rowHeight()}px`;
      }
      this.#render();
    });
  }

  /** @param {Set<string>} [fresh] */
  #render(fresh) {
    const height = this.#rowHeight();
    const start = Math.max(0, Math.floor(this.element.scrollTop / height) - AROUND);
    const end = Math.min(this.#items.length, Math.ceil((this.element.scrollTop + (this.element.clientHeight || 600)) / height) + AROUND);
    const wanted = new Set();
    for (let i = start; i < end; i++) wanted.add(this.#options.key(this.#items[i]));
    for (const [key, { row }] of this.#shown) {
      const gone = !this.#places.has(key);
      if (gone || (!wanted.has(key) && !row.contains(document.activeElement))) {
        row.remove();
        this.#shown.delete(key);
      }
    }
    /** @type {Element | null} */
    let next = this.#list.firstElementChild;
    for (const key of [...new Set([...wanted, ...this.#shown.keys()])].sort((a, b) => this.#place(a) - this.#place(b))) {
      const row = this.#row(key, this.#place(key), height, fresh?.has(key) ?? false);
      if (row === next) next = next.nextElementSibling;
      else this.#list.insertBefore(row, next);
    }
    if (this.#height === 0 && this.#list.firstElementChild && this.element.clientHeight) this.#plan(); // it can be measured now
    if (this.#more && end >= this.#items.length - AROUND) this.#options.onEnd();
  }

  /** @param {string} key */
  #place(key) {
    return /** @type {number} */ (this.#places.get(key));
  }

  /**
   * @param {string} key
   * @param {number} place
   * @param {number} height
   * @param {boolean} fresh
   */
  #row(key, place, height, fresh) {
    const item = this.#items[place];
    let shown = this.#shown.get(key);
    if (!shown) {
      const link = make('a', { href: this.#options.href(item) }, ...this.#options.content(item));
      mark(link, key === this.#selected);
      shown = { row: make('li', { 'data-key': key }, link), link, item };
      this.#shown.set(key, shown);
    } else if (shown.item !== item) {
      shown.item = item;
      shown.link.replaceChildren(...this.#options.content(item).filter((part) => part !== false));
    }
    const { row } = shown;
    if (fresh) {
      row.classList.remove('new');
      void row.offsetWidth; // so that the animation starts anew
      row.classList.add('new');
    }
    row.style.top = `${place * height}px`;
    row.setAttribute('aria-setsize', this.#more ? '-1' : String(this.#items.length));
    row.setAttribute('aria-posinset', String(place + 1));
    return row;
  }

  /** @param {number} place */
  #reveal(place) {
    const height = this.#rowHeight();
    const { scrollTop, clientHeight } = this.element;
    if (place * height < scrollTop) this.element.scrollTop = place * height;
    else if ((place + 1) * height > scrollTop + clientHeight) this.element.scrollTop = (place + 1) * height - clientHeight;
    this.#render();
  }

  /** The arrow keys go from row to row. @param {KeyboardEvent} event */
  #move(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const here = [...this.#shown].find(([, { link }]) => link === document.activeElement)?.[0];
    if (here === undefined) return;
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.#rowHeight()) - 1);
    const last = this.#items.length - 1;
    /** @type {Record<string, number>} */
    const to = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (!(event.key in to)) return;
    event.preventDefault();
    const place = Math.min(last, Math.max(0, this.#place(here) + to[event.key]));
    this.focus(this.#options.key(this.#items[place]));
  }
}

/**
 * @param {Element} link
 * @param {boolean} current
 */
function mark(link, current) {
  if (current) link.setAttribute('aria-current', 'true');
  else link.removeAttribute('aria-current');
}
