// Requests to the simulator, with both sides of each.

import { Headline, Loader } from './detail.js';
import { make } from './dom.js';
import { ListView } from './listview.js';
import { bodyText, fill, makeCopy, makeDate, makeFacts, makeNone, makeSection, makeText } from './parts.js';
import { routeTo } from './router.js';
import { Tabs } from './tabs.js';
import { durationOf } from './words.js';

/** @typedef {import('./listview.js').Tools} Tools */
/** @typedef {import('./listview.js').Detail} Detail */

const SHOWN = ['number', 'at', 'method', 'path', 'query', 'status', 'duration_us', 'operation', 'key_last4', 'credential'];
const CREDENTIALS = { merchant: 'merchant key', commerce: 'commerce key', bearer: 'bearer token', session: 'payor’s session', token: 'ws_token', none: 'no credential' };

/** @param {Tools} tools */
export function requestsView(tools) {
  return new ListView(tools, {
    view: 'requests',
    kind: 'request',
    title: 'Requests',
    searches: 'path, operation, status',
    empty: 'Nobody has asked the simulator anything yet.',
    pick: (raw) => Object.fromEntries(SHOWN.map((name) => [name, raw[name]])),
    key: (request) => String(request.number),
    content: (request) => [
      make('span', { class: 'lead-line' }, make('b', {}, request.method), make('span', { class: 'name', title: request.path }, request.path), makeCode(request.status)),
      make('span', { class: 'sub-line' }, make('span', { class: 'name' }, [request.operation || 'not documented', durationOf(request.duration_us), keyOf(request)].filter(Boolean).join(' · ')), makeDate(request.at)),
    ],
    open: (id) => new RequestDetail(tools, id),
  });
}

/** @param {number} status */
function makeCode(status) {
  const tone = status === 0 ? 'bad' : status < 400 ? 'good' : status < 500 ? 'open' : 'bad';
  return make('span', { class: `pill ${tone}` }, status === 0 ? 'cut' : String(status));
}

/** @param {any} request */
const keyOf = ({ key_last4: last }) => (last ? `key …${last}` : '');

/** @implements {Detail} */
class RequestDetail {
  element;
  #tools;
  #id;
  #loader;
  #headline = new Headline('Request');
  #facts = make('div', {});
  #asked = makeSection('Request');
  #answered = makeSection('Answer');
  #copy = makeSection('The same again');

  /**
   * @param {Tools} tools
   * @param {string} id
   */
  constructor(tools, id) {
    this.#tools = tools;
    this.#id = id;
    this.#loader = new Loader(() => tools.api.get(`requests/${encodeURIComponent(id)}`), (data) => this.#show(data));
    this.element = make('div', {}, this.#headline.element, this.#loader.element, this.#facts, this.#asked.element, this.#answered.element, this.#copy.element);
  }

  /** A request does not change once it has been answered; while it has not, it may. @param {import('./changes.js').Change[]} changes */
  changed(changes) {
    if (changes.some(({ kind, id }) => kind === 'request' && id === this.#id)) this.load();
  }

  load() {
    void this.#loader.load();
  }

  /** @param {any} data */
  #show(data) {
    const { about, snippets } = data;
    const address = data.path + (data.query ? `?${data.query}` : '');
    this.#headline.show(`${data.method} ${data.path}`, makeCode(data.status));
    fill(this.#facts, [
      makeFacts([
        ['Number', String(data.number)],
        ['Operation', data.operation || 'not documented'],
        ['Time', makeDate(data.at)],
        ['Took', durationOf(data.duration_us)],
        ['Credential', [CREDENTIALS[/** @type {keyof typeof CREDENTIALS} */ (data.credential)] ?? data.credential, data.key_last4 && `…${data.key_last4}`].filter(Boolean).join(' ')],
        ['Invoice', about?.invoice_id && make('a', { href: routeTo('invoices', about.invoice_id) }, make('code', {}, about.invoice_id))],
        ['Order', about?.order_id && make('a', { href: routeTo('orders', about.order_id) }, make('code', {}, about.order_id))],
      ]),
    ]);
    fill(this.#asked.content, makeSide('request', `${data.method} ${address}`, data.request));
    fill(this.#answered.content, data.status === 0 ? [makeNone('The connection was cut, or there is no answer yet.')] : makeSide('answer', `HTTP ${data.status}`, data.answer));
    const kinds = [
      { name: 'curl', text: snippets?.curl },
      { name: 'Go', text: snippets?.go },
      { name: 'Go test', text: snippets?.go_test },
    ].filter(({ text }) => text);
    const tabs = new Tabs('Form', kinds.map(({ name, text }) => ({ name, content: make('div', { class: 'snippet' }, makeCopy(`Copy as ${name}`, () => text, this.#tools.say), makeText(`The request as ${name}`, text)) })));
    this.#copy.content.replaceChildren(tabs.element);
    this.#copy.element.hidden = kinds.length === 0;
  }
}

/**
 * @param {string} which
 * @param {string} first The first line.
 * @param {{headers?: Record<string, string | string[]>, body?: unknown, cut?: boolean} | undefined} side
 * @returns {(Node | false)[]}
 */
function makeSide(which, first, side) {
  const lines = Object.entries(side?.headers ?? {}).flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}`));
  const body = side?.body === undefined || side.body === null || side.body === '' ? '' : bodyText(side.body);
  return [makeText(`Headers of the ${which}`, [first, ...lines].join('\n')), body ? makeText(`Body of the ${which}`, body) : makeNone('No body.'), side?.cut ? makeNone('The rest was too long to be kept.') : false];
}
