// What the built-in receiver got, and why it took it or refused it.

import { Headline, Loader } from './detail.js';
import { make } from './dom.js';
import { makeDate, makeNone } from './parts.js';

/** @typedef {import('./listview.js').Tools} Tools */
/** @typedef {import('./listview.js').Detail} Detail */
/** @typedef {import('./changes.js').Change} Change */

const KEPT = 100;

/** @implements {Detail} */
export class ReceiverDetail {
  element;
  #headline = new Headline('What the receiver got');
  #list = make('ol', { class: 'plain boxes' });
  #empty = makeNone('Nothing yet. A ping to its endpoint arrives here.');
  #loader;
  /** @type {Map<string, HTMLElement>} */
  #known = new Map();

  /** @param {Tools} tools */
  constructor(tools) {
    this.#loader = new Loader(
      () => tools.api.get('receiver'),
      (data) => this.#show(data?.items ?? []),
    );
    this.element = make('div', {}, this.#headline.element, make('p', { class: 'none' }, 'It checks each delivery as your own endpoint should.'), this.#loader.element, this.#empty, this.#list);
  }

  /** @param {Change[]} changes */
  changed(changes) {
    if (changes.some(({ kind }) => kind === 'receiver')) this.load();
  }

  load() {
    void this.#loader.load();
  }

  /** Those that are there already stay as they are, open or not. @param {any[]} items The newest first. */
  #show(items) {
    const newest = items.slice(0, KEPT);
    const keys = new Map(newest.map((item, i) => [`${item.at} ${item.event_id} ${items.length - i}`, item]));
    for (const [key, element] of this.#known) {
      if (keys.has(key)) continue;
      element.remove();
      this.#known.delete(key);
    }
    for (const [key, item] of [...keys].reverse()) {
      if (this.#known.has(key)) continue;
      const element = makeReceived(item);
      this.#known.set(key, element);
      this.#list.prepend(element);
    }
    this.#empty.hidden = newest.length > 0;
  }
}

/** @param {any} item */
function makeReceived({ at, type, event_id: id, accepted, steps }) {
  const failed = (steps ?? []).find((/** @type {any} */ step) => !step.ok);
  return make(
    'li',
    {},
    make(
      'details',
      { open: !accepted },
      make('summary', {}, make('span', { class: 'line' }, make('span', { class: `pill ${accepted ? 'good' : 'bad'}` }, accepted ? 'accepted' : 'refused'), make('span', { class: 'grow' }, make('b', {}, type || 'no event'), ' ', id ? make('code', {}, id) : '', failed ? ` ${failed.name}: no` : ''), makeDate(at))),
      make('ol', { class: 'plain steps' }, ...(steps ?? []).map(makeStep)),
    ),
  );
}

/** @param {{name: string, ok: boolean, detail?: string}} step */
const makeStep = ({ name, ok, detail }) => make('li', { class: ok ? 'ok' : 'failed' }, make('span', { 'aria-hidden': 'true' }, ok ? '✓ ' : '✗ '), make('b', {}, name), make('span', { class: 'unseen' }, ok ? ' passed' : ' failed'), detail ? `: ${detail}` : '');
