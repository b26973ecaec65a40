// A view that is one panel.

import { Loader } from './detail.js';
import { make } from './dom.js';

/** @typedef {import('./listview.js').View} View */
/** @typedef {import('./changes.js').Change} Change */

/** @implements {View} */
export class PanelView {
  element;
  /** What is seen. */
  content = make('div', {});
  loader;
  #kinds;

  /**
   * @param {string} title
   * @param {string[]} kinds Of the changes that concern it.
   * @param {() => Promise<any>} ask
   * @param {(data: any) => void} show
   */
  constructor(title, kinds, ask, show) {
    this.#kinds = kinds;
    this.loader = new Loader(ask, show);
    this.element = make('div', { class: 'page' }, make('section', { class: 'panel', 'aria-label': title }, make('h2', {}, title), this.loader.element, this.content));
  }

  show() {
    this.reload();
  }

  /** @param {Change[]} changes */
  changed(changes) {
    if (changes.some(({ kind }) => this.#kinds.includes(kind))) this.reload();
  }

  reload() {
    if (!this.element.hidden) void this.loader.load(); // otherwise when it is shown
  }
}

/**
 * Does something that may be refused; why is shown.
 *
 * @param {HTMLElement} problem
 * @param {() => Promise<unknown>} run
 */
export async function attempt(problem, run) {
  problem.hidden = true;
  try {
    await run();
    return true;
  } catch (error) {
    problem.textContent = error instanceof Error ? error.message : String(error);
    problem.hidden = false;
    return false;
  }
}

/** Where a refusal is shown. */
export const makeRefusal = () => make('p', { class: 'problem', role: 'alert', hidden: true });
