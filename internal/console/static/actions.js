// Buttons that make something happen, and what has happened after they were pressed.

import { messageOf } from './api.js';
import { make } from './dom.js';
import { fill } from './parts.js';

/** @typedef {import('./listview.js').Tools} Tools */

/**
 * @typedef {object} Action
 * @property {string} key Tells it from the others.
 * @property {string} label
 * @property {string | string[]} events Which ones it will emit, as the button says.
 * @property {boolean} enabled
 * @property {string} [why] Why it is not.
 * @property {() => Promise<{events?: {id: string, type: string}[]} | undefined>} run
 */

const KEPT = 12; // events that are shown as having been emitted

export class Actions {
  element;
  #buttons = make('div', { class: 'actions', click: (/** @type {MouseEvent} */ event) => this.#clicked(event) });
  #problem = make('p', { class: 'problem', role: 'alert', hidden: true });
  #emitted = make('ul', { class: 'emitted', 'aria-label': 'Events that were emitted' });
  #tools;
  /** @type {Action[]} */
  #actions = [];
  /** @type {{id: string, type: string, told: boolean}[]} */
  #events = [];
  #busy = '';
  /** @type {Map<string, HTMLButtonElement>} */
  #made = new Map();

  /**
   * @param {Tools} tools
   * @param {HTMLElement} [fields] What the actions take, below their buttons.
   */
  constructor(tools, fields) {
    this.#tools = tools;
    this.element = make('div', { tabindex: -1, class: 'acting' }, this.#buttons, fields, this.#problem, this.#emitted);
  }

  /** @param {Action[]} actions */
  show(actions) {
    this.#actions = actions;
    this.#render();
  }

  /** An event may have arrived. */
  arrived() {
    for (const event of this.#events) {
      if (event.told || !this.#tools.arrived(event.id)) continue;
      event.told = true;
      this.#tools.say(`${event.type} has arrived.`);
    }
    this.#render();
  }

  #render() {
    const focused = [...this.#made].find(([, button]) => button === document.activeElement)?.[0];
    const buttons = this.#actions.map((action) => this.#button(action));
    if (buttons.some((button, i) => button !== this.#buttons.children[i]) || buttons.length !== this.#buttons.childElementCount) this.#buttons.replaceChildren(...buttons);
    for (const [key, button] of this.#made) if (!buttons.includes(button)) this.#made.delete(key);
    fill(
      this.#emitted,
      this.#events.map(({ id, type, told }) =>
        make('li', { 'data-arrived': told }, make('span', { class: `pill ${told ? 'good' : 'open'}` }, told ? 'arrived' : 'emitted'), ' ', type, ' ', make('code', {}, id)),
      ),
    );
    if (focused !== undefined && this.#made.get(focused)?.disabled !== false) this.#refocus();
  }

  /**
   * The button of an action, which stays the same one: it may have the focus.
   *
   * @param {Action} action
   */
  #button({ key, label, events, enabled, why }) {
    const button = this.#made.get(key) ?? make('button', { type: 'button', 'data-action': key });
    this.#made.set(key, button);
    button.disabled = !enabled;
    button.setAttribute('aria-busy', String(this.#busy === key));
    button.title = enabled ? '' : (why ?? '');
    fill(button, [make('span', { class: 'label' }, label), make('span', { class: 'emits' }, enabled ? `emits ${[events].flat().join(', ')}` : (why ?? ''))]);
    return button;
  }

  /** What had the focus cannot have it any more. A keyboard does not start again at the top of the page. */
  #refocus() {
    const next = this.#actions.find(({ enabled }) => enabled);
    (next ? this.#made.get(next.key) : this.element)?.focus({ preventScroll: true });
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const button = /** @type {Element} */ (event.target).closest('button');
    void this.run(button?.dataset.action ?? '');
  }

  /** What a button does. @param {string} key */
  async run(key) {
    const action = this.#actions.find((each) => each.key === key);
    if (!action?.enabled || this.#busy) return;
    this.#busy = action.key;
    this.#problem.hidden = true;
    this.#render();
    try {
      const answer = await action.run();
      const events = (answer?.events ?? []).map(({ id, type }) => ({ id, type, told: false }));
      this.#events = [...events.toReversed(), ...this.#events].slice(0, KEPT);
    } catch (error) {
      this.#problem.textContent = messageOf(error);
      this.#problem.hidden = false;
    }
    this.#busy = '';
    this.arrived();
  }
}
