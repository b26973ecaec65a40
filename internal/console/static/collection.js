// Things of which the simulator may have very many: the newest ones, older ones page by page.

import { messageOf } from './api.js';

/**
 * @template T
 * @typedef {object} CollectionOptions
 * @property {(query: {limit: number, before?: string, search?: string}) => Promise<{items: any[], more: boolean}>} load
 *   The newest first.
 * @property {(id: string) => Promise<any>} [one] One of them as it is now.
 * @property {(raw: any) => T} pick What is kept of one: the list may have thousands.
 * @property {(item: T) => string} key
 * @property {(fresh: Set<string>) => void} onUpdate fresh: the keys of those that are new or have changed.
 */

const PAGE = 100;
export const MOST = 10_000; // older ones are found by searching for them
const PAUSE = 250; // milliseconds between two looks at what is new
const ALONE = 20; // this many are looked at one by one

/** @template T */
export class Collection {
  /** @type {T[]} the newest first */
  items = [];
  more = false;
  error = '';
  loaded = false;
  #options;
  #search = '';
  #generation = 0; // answers to what was asked before the last reload are thrown away
  #busy = false;
  #again = false;
  #paging = false;
  /** @type {Set<string>} */
  #stale = new Set();

  /** @param {CollectionOptions<T>} options */
  constructor(options) {
    this.#options = options;
  }

  get search() {
    return this.#search;
  }

  /** @param {string} search */
  async reload(search = this.#search) {
    const generation = ++this.#generation;
    this.#search = search;
    this.#stale.clear();
    this.#paging = this.#busy = false;
    await this.#guard(generation, async () => {
      const page = await this.#options.load({ limit: PAGE, search });
      if (generation !== this.#generation) return;
      this.items = page.items.map(this.#options.pick);
      this.more = page.more;
      this.loaded = true;
      this.error = '';
      this.#options.onUpdate(new Set());
    });
  }

  /** Loads older ones. */
  async next() {
    const last = this.items.at(-1);
    if (this.#paging || !this.more || last === undefined) return;
    this.#paging = true;
    const generation = this.#generation;
    await this.#guard(generation, async () => {
      const page = await this.#options.load({ limit: PAGE, before: this.#options.key(last), search: this.#search });
      if (generation !== this.#generation) return;
      const known = this.#keys();
      const older = page.items.map(this.#options.pick).filter((item) => !known.has(this.#options.key(item)));
      this.items = [...this.items, ...older].slice(0, MOST);
      this.more = page.more && this.items.length < MOST;
      this.error = '';
      this.#options.onUpdate(new Set());
    });
    if (generation === this.#generation) this.#paging = false;
  }

  /**
   * Looks at what is new; these have changed.
   *
   * @param {string[]} keys
   */
  async refresh(keys) {
    if (!this.loaded) return this.reload();
    for (const key of keys) this.#stale.add(key);
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    const generation = this.#generation;
    do {
      this.#again = false;
      await this.#guard(generation, async () => {
        const asked = [...this.#stale];
        const page = await this.#options.load({ limit: PAGE, search: this.#search });
        if (generation === this.#generation) this.#merge(page, asked);
      });
      await new Promise((done) => setTimeout(done, PAUSE));
    } while (this.#again && generation === this.#generation);
    if (generation === this.#generation) this.#busy = false;
  }

  /**
   * Those that are seen are brought up to date if they have changed.
   *
   * @param {readonly T[]} visible
   */
  async freshen(visible) {
    const { one, key, pick } = this.#options;
    if (!one || !this.#stale.size) return;
    const generation = this.#generation;
    for (const id of visible.map(key).filter((id) => this.#stale.has(id)).slice(0, ALONE)) {
      this.#stale.delete(id);
      const raw = await one(id).catch(() => undefined); // it may be gone
      if (generation !== this.#generation || raw === undefined) continue;
      this.items = this.items.map((item) => (key(item) === id ? pick(raw) : item));
      this.#options.onUpdate(new Set([id]));
    }
  }

  /**
   * @param {{items: any[], more: boolean}} page The newest ones.
   * @param {string[]} asked What was stale when it was asked for.
   */
  #merge(page, asked) {
    const { key, pick } = this.#options;
    const known = new Map(this.items.map((item) => [key(item), item]));
    /** @type {Set<string>} */
    const fresh = new Set();
    const newest = page.items.map((raw) => {
      const item = pick(raw);
      const old = known.get(key(item));
      if (old !== undefined && JSON.stringify(old) === JSON.stringify(item)) return old;
      fresh.add(key(item));
      return item;
    });
    const keys = new Set(newest.map(key));
    for (const id of asked) if (keys.has(id) || !known.has(id)) this.#stale.delete(id);
    // Older ones follow if they reach up to these; otherwise some between them would be missing.
    const end = newest.at(-1);
    const place = end === undefined ? -1 : this.items.findIndex((item) => key(item) === key(end));
    const older = page.more && place >= 0 ? this.items.slice(place + 1).filter((item) => !keys.has(key(item))) : [];
    this.items = [...newest, ...older].slice(0, MOST);
    this.more = older.length ? this.more : page.more;
    this.error = '';
    this.#options.onUpdate(fresh);
  }

  #keys() {
    return new Set(this.items.map(this.#options.key));
  }

  /**
   * @param {number} generation
   * @param {() => Promise<void>} run
   */
  async #guard(generation, run) {
    try {
      await run();
    } catch (error) {
      if (generation !== this.#generation) return;
      this.error = messageOf(error);
      this.#options.onUpdate(new Set());
    }
  }
}
