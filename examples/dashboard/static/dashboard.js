// The page: a card for each stream, a chart, and the events as they come.

import { Chart } from './chart.js';
import { Feed } from './feed.js';
import { loadHistory } from './history.js';
import { PepayStream } from './pepay-stream.js';

/** @typedef {import('./pepay-stream.js').State} State */
/** @typedef {import('./pepay-stream.js').PepayEvent} PepayEvent */

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const part = (/** @type {Element} */ of, /** @type {string} */ selector) => /** @type {HTMLElement} */ (of.querySelector(selector));

const feed = new Feed({
  rows: byId('rows'),
  empty: byId('empty'),
  filter: /** @type {HTMLSelectElement} */ (byId('filter')),
  pause: /** @type {HTMLButtonElement} */ (byId('pause')),
  only: /** @type {HTMLAnchorElement} */ (byId('only')),
  announcer: byId('announcer'),
});
const chart = new Chart(/** @type {any} */ (byId('chart')), byId('legend'));

/** What is to be seen of one stream. */
class Card {
  #element;
  #scope;
  #name;
  /** @type {PepayStream | null} */
  #stream = null;
  #wanted = true; // the page is seen, or was not left
  #events = 0;
  #opened = 0;
  #cycle = 0; // milliseconds from a token to the next
  #until = 0;
  #told = '';
  #problem = false;
  #signIn = false;
  /** @type {PepayEvent | null} */
  #last = null; // the newest event
  #filling = false;
  #toFill = false;
  #gap = ''; // the words for a gap that is to be filled

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
    this.#scope = String(element.dataset.scope);
    this.#name = part(element, 'h3').textContent;
    part(element, '.again button').addEventListener('click', () => this.start());
  }

  /** What was before. */
  load() {
    return loadHistory(this.#scope);
  }

  /**
   * Goes on from there.
   *
   * @param {PromiseSettledResult<Awaited<ReturnType<typeof loadHistory>>>} history
   */
  open(history) {
    if (history.status === 'fulfilled') this.#last = this.#show(history.value);
    else feed.missEarlier();
    this.#stream = new PepayStream({
      tokenURL: `/ws-token?scope=${this.#scope}`,
      since: this.#last?.id,
      onEvent: (event, json) => {
        this.#events++;
        this.#last = event;
        part(this.#element, '.count').textContent = String(this.#events);
        chart.add(event.type, Date.now());
        feed.add(event, json);
      },
      onState: (state, why) => this.#become(state, why),
      onToken: ({ renewals }) => {
        this.#cycle = this.#stream?.tokenRenewsIn ?? 0;
        part(this.#element, '.renewals').textContent = times(renewals);
        if (this.#problem) this.#explain(); // it has passed
        this.tick();
      },
      onProblem: (message, { gap }) => {
        this.#explain(message);
        this.#problem = true;
        if (gap) this.#fill('Some events here may be missing.');
      },
      onControl: ({ object, message }) => {
        if (object !== 'ws_control') return; // a kind of frame that this page has no use for
        const words = typeof message === 'string' ? message : 'Pepay sent a note about the replay.';
        this.#explain(`Some events may be missing. ${words}`);
        this.#fill('Some events here may be missing.');
      },
    });
    if (this.#wanted) this.#stream.start();
  }

  start() {
    this.#wanted = true;
    this.#stream?.start();
  }

  stop() {
    this.#wanted = false;
    this.#stream?.stop();
  }

  /**
   * Puts events of before into the table and the chart.
   *
   * @param {Awaited<ReturnType<typeof loadHistory>>} history
   * @returns the newest one
   */
  #show({ events }) {
    for (const { event } of feed.merge(events)) chart.add(event.type, event.created * 1000);
    return events.length ? events[0].event : null;
  }

  /**
   * Loads what the stream may have left out; what cannot be loaded is a gap.
   *
   * @param {string} gap The words for one that is known to be there.
   */
  async #fill(gap = '') {
    this.#gap ||= gap;
    this.#toFill = true;
    if (this.#filling) return;
    for (this.#filling = true; this.#toFill; ) {
      this.#toFill = false;
      const words = this.#gap;
      this.#gap = '';
      await this.#fillOnce(words);
    }
    this.#filling = false;
  }

  /** @param {string} gap */
  async #fillOnce(gap) {
    const last = this.#last;
    try {
      const history = await loadHistory(this.#scope);
      const newest = this.#show(history);
      if (newest && this.#last === last) this.#last = newest; // what is before it has been seen to
      const joined = history.complete || !last || history.events.some(({ event }) => event.id === last.id);
      if (!joined) feed.gap(last, 'Some events between these are not shown: there were too many.');
      else if (gap) this.#explain('Events that were missing have been loaded.');
    } catch {
      if (gap) feed.gap(last, gap);
    }
  }

  /**
   * @param {State} state
   * @param {import('./pepay-stream.js').Why} why
   */
  #become(state, { message, wait = 0, signIn = false }) {
    this.#element.dataset.state = state;
    this.#until = Date.now() + wait;
    if (state === 'live') {
      part(this.#element, '.resumes').textContent = times(this.#opened);
      if (this.#opened++ > 0) this.#fill();
    }
    if (state !== 'connecting') this.#explain(message); // what went wrong stays while it is tried again
    const over = state === 'refused' || state === 'failed';
    part(this.#element, '.again').hidden = !over;
    part(this.#element, '.again a').hidden = !signIn;
    this.#signIn = signIn;
    this.tick();
    // Attempts that fail one after the other are one piece of news.
    if (state !== 'connecting' && state !== this.#told) {
      this.#told = state;
      feed.say(`${this.#name}: ${stateText(state, 0, signIn)}. ${over && message ? message : ''}`);
    }
  }

  /** @param {string} [message] */
  #explain(message) {
    this.#problem = false;
    const why = part(this.#element, '.why');
    why.textContent = message ?? '';
    why.hidden = !message;
  }

  /** What changes with time. */
  tick() {
    const state = /** @type {State} */ (this.#element.dataset.state);
    part(this.#element, '.state-text').textContent = stateText(state, Math.max(0, this.#until - Date.now()), this.#signIn);
    const left = this.#stream?.tokenRenewsIn ?? 0;
    part(this.#element, '.left').textContent = !this.#stream?.tokenLeft ? 'none' : left >= 1000 ? `renews in ${Math.floor(left / 1000)} s` : 'renews now';
    part(this.#element, '.bar span').style.width = `${this.#cycle ? Math.min(100, (100 * left) / this.#cycle) : 0}%`;
  }
}

/** @param {number} n */
const times = (n) => (n === 1 ? 'once' : n ? `${n} times` : 'not yet');

/**
 * @param {State} state
 * @param {number} left Milliseconds of the pause.
 * @param {boolean} signIn
 */
function stateText(state, left, signIn) {
  switch (state) {
    case 'connecting':
      return 'Connecting';
    case 'live':
      return 'Live';
    case 'waiting':
      return left >= 1000 ? `Not connected, next attempt in ${Math.ceil(left / 1000)} s` : 'Not connected, trying again';
    case 'refused':
      return signIn ? 'Signed out' : 'Not allowed';
    case 'failed':
      return 'Given up';
    default:
      return 'Closed';
  }
}

const cards = [...document.querySelectorAll('.card')].map((element) => new Card(/** @type {HTMLElement} */ (element)));
// All of it is shown together, so that rows do not push each other down.
Promise.allSettled(cards.map((card) => card.load())).then((histories) => cards.forEach((card, i) => card.open(histories[i])));
addEventListener('pagehide', () => cards.forEach((card) => card.stop()));
addEventListener('pageshow', (event) => event.persisted && cards.forEach((card) => card.start()));
addEventListener('resize', () => chart.draw(Date.now()));
setInterval(() => {
  for (const card of cards) card.tick();
  chart.draw(Date.now());
}, 1000);
chart.draw(Date.now());
