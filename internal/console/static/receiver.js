// What the built-in receiver got, and why it took it or refused it.

import { Headline, Loader } from './detail.js';
import { make } from './dom.js';
import { attempt, makeRefusal } from './panelview.js';
import { makeDate, makeNone } from './parts.js';

/** @typedef {import('./listview.js').Tools} Tools */
/** @typedef {import('./listview.js').Detail} Detail */
/** @typedef {import('./changes.js').Change} Change */

const KEPT = 100;
const MODES = { accept: 'Accept what is signed', fail: 'Answer 500', wrong_secret: 'Check with a wrong secret' };

/** @implements {Detail} */
export class ReceiverDetail {
  element;
  #headline = new Headline('What the receiver got');
  #list = make('ol', { class: 'plain boxes' });
  #empty = makeNone('Nothing yet. A ping to its endpoint arrives here.');
  #tools;
  #loader;
  #refusal = makeRefusal();
  /** @type {Map<string, HTMLInputElement>} */
  #modes = new Map();
  #mode = '';
  /** @type {Map<string, HTMLElement>} */
  #known = new Map();

  /** @param {Tools} tools */
  constructor(tools) {
    this.#tools = tools;
    this.#loader = new Loader(
      () => tools.api.get('receiver'),
      (data) => this.#show(data),
    );
    for (const mode of Object.keys(MODES)) this.#modes.set(mode, make('input', { type: 'radio', name: 'receiver-mode', change: () => void this.#set(mode) }));
    const modes = make('fieldset', { class: 'fields' }, make('legend', {}, 'What it does'), ...Object.entries(MODES).map(([mode, words]) => make('label', {}, this.#modes.get(mode), ' ', words)));
    this.element = make('div', {}, this.#headline.element, make('p', { class: 'none' }, 'It checks each delivery as your own endpoint should.'), this.#loader.element, modes, this.#refusal, make('section', {}, make('h3', {}, 'Deliveries'), this.#empty, this.#list));
  }

  /** @param {Change[]} changes */
  changed(changes) {
    if (changes.some(({ kind }) => kind === 'receiver')) this.load();
  }

  load() {
    void this.#loader.load();
  }

  /** @param {string} mode */
  async #set(mode) {
    const done = await attempt(this.#refusal, () => this.#tools.api.post('receiver/mode', { mode }));
    if (done) this.#tools.say(`The receiver: ${MODES[/** @type {keyof typeof MODES} */ (mode)]}.`);
    else this.#choose(this.#mode);
  }

  /** @param {string} mode */
  #choose(mode) {
    this.#mode = mode;
    for (const [name, input] of this.#modes) input.checked = name === mode;
  }

  /**
   * What is there already stays as it is, open or not.
   *
   * @param {{mode: string, items: any[]}} receiver The newest first.
   */
  #show({ mode, items }) {
    this.#choose(mode);
    const newest = items.slice(0, KEPT);
    const keys = new Map(newest.map((item) => [`${item.number} ${item.at}`, item]));
    for (const [key, element] of this.#known) {
      if (keys.has(key)) continue;
      element.remove();
      this.#known.delete(key);
    }
    for (const [key, item] of [...keys].reverse()) {
      if (this.#known.has(key)) continue;
      const element = makeReceived(item, item === newest[0]);
      this.#known.set(key, element);
      this.#list.prepend(element);
    }
    this.#empty.hidden = newest.length > 0;
  }
}

/**
 * @param {any} item
 * @param {boolean} newest Its steps are seen at once if it was refused.
 */
function makeReceived({ at, type, event_id: id, accepted, steps }, newest) {
  const failed = (steps ?? []).find((/** @type {any} */ step) => !step.ok);
  return make(
    'li',
    {},
    make(
      'details',
      { open: newest && !accepted },
      make('summary', {}, make('span', { class: 'line' }, make('span', { class: `pill ${accepted ? 'good' : 'bad'}` }, accepted ? 'accepted' : 'refused'), make('span', { class: 'grow' }, make('b', {}, type || 'no event'), ' ', id ? make('code', {}, id) : '', failed ? make('span', { class: 'why' }, `${failed.name}: no`) : ''), makeDate(at))),
      make('ol', { class: 'plain steps' }, ...(steps ?? []).map(makeStep)),
    ),
  );
}

/** @param {{name: string, ok: boolean, detail?: string}} step */
const makeStep = ({ name, ok, detail }) => make('li', { class: ok ? 'ok' : 'failed' }, make('span', { 'aria-hidden': 'true' }, ok ? '✓ ' : '✗ '), make('b', {}, name), make('span', { class: 'unseen' }, ok ? ' passed' : ' failed'), detail ? `: ${detail}` : '');
