// The table of events, and what a screen reader is told about them.

import { Types, colorOf } from './types.js';

/** @typedef {import('./pepay-stream.js').PepayEvent} PepayEvent */

const KEPT = 200; // events
const SUMMARY_EVERY = 10_000; // a live region that reads out each event could not be listened to

const GOOD = ['paid', 'confirmed', 'settled', 'fulfilled', 'placed', 'shipped', 'delivered', 'delivery_confirmed', 'ok'];
const BAD = ['expired', 'canceled', 'cancelled', 'failed', 'refunded', 'manual_retry'];

export class Feed {
  #parts;
  /** @type {{type: string, row: HTMLTableRowElement}[]} the newest first */
  #kept = [];
  /** @type {PepayEvent[]} not shown yet */
  #pending = [];
  #held = 0;
  #planned = false;
  #types = new Types();
  /** @type {Set<string>} */
  #offered = new Set();
  /** @type {string[]} */
  #sayings = [];
  #news = 0;
  #latest = '';
  #lastSummary = 0;

  /** @param {{rows: HTMLElement, empty: HTMLElement, filter: HTMLSelectElement, pause: HTMLButtonElement, announcer: HTMLElement}} parts */
  constructor(parts) {
    this.#parts = parts;
    parts.filter.addEventListener('change', () => {
      parts.rows.replaceChildren(...this.#kept.filter(({ type }) => this.#wanted(type)).map(({ row }) => row));
      this.#showEmpty();
    });
    parts.pause.addEventListener('click', () => {
      parts.pause.setAttribute('aria-pressed', String(!this.#paused));
      this.#plan();
      this.#showPause();
    });
    setInterval(() => this.#announce(), 1000);
    this.#showEmpty();
  }

  get #paused() {
    return this.#parts.pause.getAttribute('aria-pressed') === 'true';
  }

  /** @param {PepayEvent} event */
  add(event) {
    this.#pending.push(event);
    if (this.#pending.length > KEPT) this.#pending.shift();
    if (this.#paused) {
      this.#held++;
      this.#showPause();
      return;
    }
    this.#plan();
  }

  /** Tells a screen reader something. @param {string} text */
  say(text) {
    this.#sayings = [...this.#sayings, text].slice(-3);
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
    for (const event of this.#pending.splice(0)) {
      const row = makeRow(event);
      const type = this.#types.name(event.type);
      this.#kept.unshift({ type, row });
      if (this.#wanted(type)) this.#parts.rows.prepend(row);
      this.#offer(type);
      this.#news++;
      this.#latest = `${type} ${text(event.data.object.status)}`.trim();
    }
    for (const { row } of this.#kept.splice(KEPT)) row.remove();
    this.#held = 0;
    this.#showPause();
    this.#showEmpty();
  }

  /** @param {string} type */
  #wanted(type) {
    const wanted = this.#parts.filter.value;
    return !wanted || wanted === type || (wanted.endsWith('.*') && type.startsWith(wanted.slice(0, -1)));
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
    this.#parts.pause.textContent = this.#paused ? (this.#held ? `Go on (${this.#held} new)` : 'Go on') : 'Pause';
  }

  #showEmpty() {
    const { empty, rows, filter } = this.#parts;
    empty.hidden = rows.childElementCount > 0;
    empty.textContent = filter.value ? `No ${filter.value} among the last events.` : 'Nothing has happened yet. Events appear here the moment they do.';
  }

  #announce() {
    const now = Date.now();
    if (this.#news && now - this.#lastSummary >= SUMMARY_EVERY) {
      this.say(this.#news === 1 ? `New event: ${this.#latest}.` : `${this.#news} new events, the last: ${this.#latest}.`);
      this.#news = 0;
      this.#lastSummary = now;
    }
    if (this.#sayings.length) this.#parts.announcer.textContent = this.#sayings.splice(0).join(' ');
  }
}

/** Everything in an event is somebody else's text: it goes in as text. @param {PepayEvent} event */
function makeRow(event) {
  const { object, id, orderId, invoice_id: invoiceId, status } = event.data.object;
  const row = document.createElement('tr');
  row.setAttribute('role', 'row');
  row.dataset.event = event.id;

  const at = new Date(event.created * 1000);
  const time = document.createElement('time');
  time.dateTime = Number.isNaN(at.getTime()) ? '' : at.toISOString();
  time.textContent = Number.isNaN(at.getTime()) ? '–' : at.toLocaleTimeString();

  const swatch = document.createElement('span');
  swatch.className = `swatch ${colorOf(event.type)}`;
  swatch.setAttribute('aria-hidden', 'true');

  const kind = document.createElement('span');
  kind.className = 'kind';
  kind.textContent = text(object).replaceAll('_', ' ');
  const name = document.createElement('code');
  name.textContent = text(id) || text(orderId) || text(invoiceId) || '–';

  const pill = document.createElement('span');
  pill.className = `pill ${GOOD.includes(text(status)) ? 'good' : BAD.includes(text(status)) ? 'bad' : 'open'}`;
  pill.textContent = text(status).replaceAll('_', ' ') || '–';

  for (const content of [[time], [swatch, text(event.type)], [kind, ' ', name], [pill]]) {
    const cell = document.createElement('td');
    cell.setAttribute('role', 'cell');
    cell.append(...content);
    row.append(cell);
  }
  return row;
}

/** @param {unknown} value */
const text = (value) => (typeof value === 'string' ? value.slice(0, 200) : '');
