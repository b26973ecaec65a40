// The page: a card for each stream, a chart, and the events as they come.

import { Chart } from './chart.js';
import { Feed } from './feed.js';
import { PepayStream } from './pepay-stream.js';

/** @typedef {import('./pepay-stream.js').State} State */

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const part = (/** @type {Element} */ of, /** @type {string} */ selector) => /** @type {HTMLElement} */ (of.querySelector(selector));

const feed = new Feed({
  rows: byId('rows'),
  empty: byId('empty'),
  filter: /** @type {HTMLSelectElement} */ (byId('filter')),
  pause: /** @type {HTMLButtonElement} */ (byId('pause')),
  announcer: byId('announcer'),
});
const chart = new Chart(/** @type {any} */ (byId('chart')), byId('legend'));
/** @type {Card[]} */
const cards = [];

/** What is to be seen of one stream. */
class Card {
  #element;
  #name;
  #events = 0;
  #opened = 0;
  #life = 0;
  #until = 0;
  #told = '';
  #problem = false;
  #signIn = false;

  /** @param {string} scope */
  constructor(scope) {
    this.#name = scope === 'merchant' ? 'Merchant' : 'Commerce';
    const template = /** @type {HTMLTemplateElement} */ (byId('card'));
    this.#element = part(/** @type {any} */ (template.content.cloneNode(true)), '.card');
    this.#element.dataset.scope = scope;
    part(this.#element, 'h3').textContent = `${this.#name} stream`;
    part(this.#element, '.again button').addEventListener('click', () => this.stream.start());
    byId('streams').append(this.#element);

    this.stream = new PepayStream({
      tokenURL: `/ws-token?scope=${scope}`,
      onEvent: (event) => {
        this.#events++;
        part(this.#element, '.count').textContent = String(this.#events);
        chart.add(event.type, Date.now());
        feed.add(event);
      },
      onState: (state, why) => this.#show(state, why),
      onToken: ({ life, renewals }) => {
        this.#life = life;
        part(this.#element, '.renewals').textContent = times(renewals);
        if (this.#problem) this.#explain(); // it has passed
        this.tick();
      },
      onProblem: (message) => {
        this.#explain(message);
        this.#problem = true;
      },
      onControl: ({ object, message }) => {
        if (object !== 'ws_control') return; // a kind of frame that this page has no use for
        this.#explain(`Some events may be missing. ${typeof message === 'string' ? message : 'Pepay sent a note about the replay.'}`);
      },
    });
    this.#show('idle', {});
  }

  /**
   * @param {State} state
   * @param {import('./pepay-stream.js').Why} why
   */
  #show(state, { message, wait = 0, signIn = false }) {
    this.#element.dataset.state = state;
    this.#until = Date.now() + wait;
    if (state === 'live') {
      part(this.#element, '.resumes').textContent = times(this.#opened++);
    }
    if (state !== 'connecting') this.#explain(message); // what went wrong stays while it is tried again
    const over = state === 'refused' || state === 'failed';
    part(this.#element, '.again').hidden = !over;
    part(this.#element, '.again a').hidden = !signIn;
    this.#signIn = signIn;
    this.tick();
    // Attempts that fail one after the other are one piece of news.
    if (state !== 'connecting' && state !== 'idle' && state !== this.#told) {
      this.#told = state;
      feed.say(`${this.#name} stream: ${stateText(state, 0, signIn)}. ${over && message ? message : ''}`);
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
    const left = this.stream?.tokenLeft ?? 0;
    part(this.#element, '.left').textContent = left > 0 ? `${Math.ceil(left / 1000)} s left` : 'none';
    part(this.#element, '.bar span').style.width = `${this.#life ? Math.min(100, (100 * left) / this.#life) : 0}%`;
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

/** @param {string} message */
function fatal(message) {
  byId('fatal').textContent = message;
  byId('fatal').hidden = false;
}

async function main() {
  const answer = await fetch('/session.json', { cache: 'no-store' });
  if (answer.status === 401) {
    location.assign('/sign-in');
    return;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  const { streams, sign_out: signOut } = await answer.json();
  byId('sign-out').hidden = !signOut;
  for (const scope of streams) cards.push(new Card(scope));
  for (const card of cards) card.stream.start();

  addEventListener('pagehide', () => cards.forEach((card) => card.stream.stop()));
  addEventListener('pageshow', (event) => event.persisted && cards.forEach((card) => card.stream.start()));
  setInterval(() => {
    for (const card of cards) card.tick();
    chart.draw(Date.now());
  }, 1000);
  addEventListener('resize', () => chart.draw(Date.now()));
}

chart.draw(Date.now());
main().catch(() => fatal('This server does not answer as it should. Load the page again in a moment.'));
