// The table of events, and what a screen reader is told about them.

import { Announcer } from './announcer.js';
import { make, makeTime } from './dom.js';
import { layOut } from './json.js';
import { amountOf, idsOf, nameOf, text } from './resource.js';
import { statusOf } from './status.js';
import { Types, colorOf } from './types.js';

/** @typedef {import('./pepay-stream.js').PepayEvent} PepayEvent */

/**
 * @typedef {object} Item An event, or a gap between two.
 * @property {string} id "" for a gap.
 * @property {[number, number]} at For the order: milliseconds, and a number among those of the same one.
 * @property {string} type
 * @property {string[]} ids Those of the resources it is about.
 * @property {string} json
 * @property {HTMLTableRowElement} row
 * @property {HTMLTableRowElement | null} detail The event as JSON, while it is open.
 */

/** @typedef {{event: PepayEvent, json: string, live: boolean}} Arrival */

const KEPT = 200; // events
const SUMMARY_EVERY = 10_000; // a live region that reads out each event could not be listened to

export class Feed {
  #parts;
  /** @type {Item[]} the newest first */
  #kept = [];
  /** @type {Set<string>} ids of those, and of those that wait */
  #known = new Set();
  /** @type {Arrival[]} not shown yet, the oldest first */
  #pending = [];
  #held = 0;
  #planned = false;
  #types = new Types();
  /** @type {Set<string>} */
  #offered = new Set();
  #only = ''; // the id of a resource
  #incomplete = false;
  #announcer;
  #news = 0;
  #latest = '';
  #lastSummary = 0;

  /** @param {{rows: HTMLElement, empty: HTMLElement, filter: HTMLSelectElement, pause: HTMLButtonElement, only: HTMLAnchorElement, announcer: HTMLElement}} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#announcer = new Announcer(parts.announcer);
    parts.filter.addEventListener('change', () => this.#showAll());
    parts.pause.addEventListener('click', () => {
      parts.pause.setAttribute('aria-pressed', String(!this.#paused));
      this.#plan();
      this.#showPause();
    });
    parts.rows.addEventListener('click', (event) => this.#clicked(event));
    addEventListener('hashchange', () => this.#choose());
    setInterval(() => this.#summarize(), 1000);
    this.#choose();
  }

  get #paused() {
    return this.#parts.pause.getAttribute('aria-pressed') === 'true';
  }

  /**
   * An event that has just come.
   *
   * @param {PepayEvent} event
   * @param {string} json
   */
  add(event, json) {
    this.#accept({ event, json, live: true });
  }

  /**
   * Events of before, the newest first. Those that are known already are left out.
   *
   * @param {{event: PepayEvent, json: string}[]} events
   * @returns those that are new
   */
  merge(events) {
    return events.toReversed().filter(({ event, json }) => this.#accept({ event, json, live: false }));
  }

  /**
   * Says that events may be missing after this one, or after all that are there.
   *
   * @param {PepayEvent | null} event
   * @param {string} words
   */
  gap(event, words) {
    this.#flush(); // also while paused: it belongs between events
    const cell = makeCell(words);
    cell.colSpan = 5;
    const row = make('tr', { class: 'gap', role: 'row' }, cell);
    const [ms, nth] = event ? timeOf(event) : (this.#kept[0]?.at ?? [0, 0]);
    this.#place({ id: '', at: [ms, nth + 0.5], type: '', ids: [], json: '', row, detail: null });
    this.#showEmpty();
    this.say(words);
  }

  /** Earlier events could not be loaded: that there are none is not to be said. */
  missEarlier() {
    this.#incomplete = true;
    this.#showEmpty();
  }

  /** Tells a screen reader something. @param {string} words */
  say(words) {
    this.#announcer.say(words);
  }

  /** @param {Arrival} arrival */
  #accept(arrival) {
    if (this.#known.has(arrival.event.id)) return false; // two streams may have it
    this.#known.add(arrival.event.id);
    this.#pending.push(arrival);
    if (this.#pending.length > KEPT) this.#known.delete(/** @type {Arrival} */ (this.#pending.shift()).event.id);
    if (this.#paused) {
      this.#held += arrival.live ? 1 : 0;
      this.#showPause();
    } else {
      this.#plan();
    }
    return true;
  }

  /** A replay brings many events at once: they are shown together. */
  #plan() {
    if (this.#planned) return;
    this.#planned = true;
    requestAnimationFrame(() => {
      this.#planned = false;
      if (!this.#paused) this.#flush();
    });
  }

  #flush() {
    for (const { event, json, live } of this.#pending.splice(0)) {
      const type = this.#types.name(event.type);
      const row = makeRow(event);
      if (live) row.classList.add('new');
      const item = { id: event.id, at: timeOf(event), type, ids: idsOf(event.data.object), json, row, detail: null };
      this.#place(item);
      this.#offer(type);
      if (!live) continue;
      this.#news++;
      this.#latest = `${type} ${statusOf(event.data.object).words}`.trim();
    }
    this.#held = 0;
    this.#showPause();
    this.#showEmpty();
  }

  /** Puts an item before the first one that is not newer. @param {Item} item */
  #place(item) {
    const found = this.#kept.findIndex(({ at }) => at[0] < item.at[0] || (at[0] === item.at[0] && at[1] <= item.at[1]));
    const index = found < 0 ? this.#kept.length : found;
    this.#kept.splice(index, 0, item);
    if (this.#wanted(item)) {
      const next = this.#kept.slice(index + 1).find((kept) => this.#wanted(kept));
      this.#parts.rows.insertBefore(item.row, next?.row ?? null);
    }
    for (const old of this.#kept.splice(KEPT)) {
      this.#known.delete(old.id);
      old.row.remove();
      old.detail?.remove();
    }
  }

  /** @param {Item} item */
  #wanted({ id, type, ids }) {
    if (!id) return true; // a gap concerns all
    const wanted = this.#parts.filter.value;
    const ofType = !wanted || wanted === type || (wanted.endsWith('.*') && type.startsWith(wanted.slice(0, -1)));
    return ofType && (!this.#only || ids.includes(this.#only));
  }

  #showAll() {
    const rows = this.#kept.filter((item) => this.#wanted(item)).flatMap(({ row, detail }) => (detail ? [row, detail] : [row]));
    this.#parts.rows.replaceChildren(...rows);
    this.#showEmpty();
  }

  /** The address says which resource's events are to be seen: #of=inv_1. */
  #choose() {
    this.#only = new URLSearchParams(location.hash.slice(1)).get('of') ?? '';
    const { only } = this.#parts;
    only.hidden = !this.#only;
    only.textContent = `Only ${this.#only} ×`;
    only.setAttribute('aria-label', `Only ${this.#only}. Show all events again`);
    this.#showAll();
  }

  /** A row opens where it is clicked; for the keyboard there is the button in it. @param {MouseEvent} event */
  #clicked(event) {
    const target = /** @type {Element} */ (event.target);
    if (target.closest('a, .detail') || String(getSelection())) return;
    const row = target.closest('tr');
    const item = this.#kept.find((kept) => kept.id && kept.row === row);
    if (item) this.#toggle(item);
  }

  /** @param {Item} item */
  #toggle(item) {
    const button = /** @type {HTMLElement} */ (item.row.querySelector('button'));
    item.row.classList.remove('new');
    button.setAttribute('aria-expanded', String(!item.detail));
    if (item.detail) {
      item.detail.remove();
      item.detail = null;
      return;
    }
    item.detail = makeDetail(item);
    item.row.after(item.detail);
  }

  /** Puts a type into the filter once it has been seen. @param {string} type */
  #offer(type) {
    if (this.#offered.has(type)) return;
    this.#offered.add(type);
    const { filter } = this.#parts;
    const chosen = filter.value;
    const families = [...this.#offered].filter((t) => t.includes('.')).map((t) => `${t.slice(0, t.lastIndexOf('.'))}.*`);
    const names = [...new Set([...families, ...this.#offered])].sort();
    filter.replaceChildren(new Option('All types', ''), ...names.map((name) => new Option(name)));
    filter.value = chosen;
  }

  #showPause() {
    this.#parts.pause.textContent = this.#paused ? (this.#held ? `Resume (${this.#held} new)` : 'Resume') : 'Pause';
  }

  #showEmpty() {
    const { empty, rows, filter } = this.#parts;
    empty.hidden = rows.childElementCount > 0;
    const what = [filter.value, this.#only && `of ${this.#only}`].filter(Boolean).join(' ');
    const none = this.#incomplete ? 'Earlier events could not be loaded. New ones appear here the moment they happen.' : 'Nothing has happened yet. Events appear here the moment they do.';
    empty.textContent = what ? `No events ${what} among the last ones.` : none;
  }

  #summarize() {
    const now = Date.now();
    if (!this.#news || now - this.#lastSummary < SUMMARY_EVERY) return;
    this.say(this.#news === 1 ? `New event: ${this.#latest}.` : `${this.#news} new events, the last: ${this.#latest}.`);
    this.#news = 0;
    this.#lastSummary = now;
  }
}

/**
 * Ids have the milliseconds and a number; created has seconds only.
 *
 * @param {PepayEvent} event
 * @returns {[number, number]}
 */
function timeOf({ id, created }) {
  const parts = /^evt_(\d{12,14})-(\d{1,9})$/.exec(id);
  return parts ? [Number(parts[1]), Number(parts[2])] : [created * 1000 || Date.now(), 0];
}

/** Everything in an event is somebody else's text: it goes in as text. @param {PepayEvent} event */
function makeRow(event) {
  const resource = event.data.object;
  const open = make('button', { type: 'button', class: 'open', 'aria-expanded': 'false' }, make('span', { class: `swatch ${colorOf(event.type)}` }), text(event.type));
  const { kind, id, invoice } = nameOf(resource);
  const { tone, words } = statusOf(resource);
  return make(
    'tr',
    { role: 'row', 'data-event': event.id },
    makeCell(makeTime(new Date(event.created > 0 ? event.created * 1000 : NaN))),
    makeCell(open),
    makeCell(make('span', { class: 'kind' }, kind), ' ', id ? makeLink(id) : '–', invoice && make('span', { class: 'of' }, 'of invoice ', makeLink(invoice))),
    makeCell(amountOf(resource) || '–'),
    makeCell(words ? make('span', { class: `pill ${tone}` }, words) : '–'),
  );
}

/** @param {Item} item */
function makeDetail({ id, json }) {
  // The tabindex is for scrolling from the keyboard.
  const pre = make('pre', { tabindex: 0, role: 'region', 'aria-label': `Event ${id}` }, layOut(json));
  const cell = makeCell(pre);
  cell.colSpan = 5;
  return make('tr', { class: 'detail', role: 'row' }, cell);
}

/** @param {(string | Node | false)[]} content */
const makeCell = (...content) => make('td', { role: 'cell' }, ...content);

/** Shows the events of one resource and of what belongs to it. @param {string} id */
const makeLink = (id) => make('a', { href: `#${new URLSearchParams({ of: id })}`, title: id }, id);
