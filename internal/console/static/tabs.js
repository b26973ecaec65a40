// Several contents in one place, one of which is seen.

import { make } from './dom.js';

let last = 0;

export class Tabs {
  element;
  #tabs;
  #panels;

  /**
   * @param {string} label
   * @param {{name: string, content: Node}[]} contents
   */
  constructor(label, contents) {
    const group = ++last;
    this.#tabs = contents.map(({ name }, i) => make('button', { type: 'button', role: 'tab', id: `tab-${group}-${i}`, 'aria-controls': `panel-${group}-${i}`, click: () => this.#choose(i) }, name));
    this.#panels = contents.map(({ content }, i) => make('div', { role: 'tabpanel', id: `panel-${group}-${i}`, 'aria-labelledby': `tab-${group}-${i}` }, content));
    this.element = make('div', {}, make('div', { class: 'choice', role: 'tablist', 'aria-label': label, keydown: (/** @type {KeyboardEvent} */ event) => this.#move(event) }, ...this.#tabs), ...this.#panels);
    this.#choose(0);
  }

  /** @param {number} chosen */
  #choose(chosen) {
    this.#tabs.forEach((tab, i) => {
      tab.setAttribute('aria-selected', String(i === chosen));
      tab.tabIndex = i === chosen ? 0 : -1;
      this.#panels[i].hidden = i !== chosen;
    });
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const here = this.#tabs.findIndex((tab) => tab === document.activeElement);
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (here < 0 || !step) return;
    event.preventDefault();
    const to = (here + step + this.#tabs.length) % this.#tabs.length;
    this.#choose(to);
    this.#tabs[to].focus();
  }
}
