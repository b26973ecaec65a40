// What is the same for all details: a headline, what went wrong, and one answer after the other.

import { messageOf } from './api.js';
import { make } from './dom.js';
import { fill, makeProblem } from './parts.js';

/** The top of a detail. Its heading stays the same element, because it may have the focus. */
export class Headline {
  #heading = make('h2', {});
  #badge = make('span', {});
  element = make('div', { class: 'headline' }, this.#heading, this.#badge);

  /** @param {string} words */
  constructor(words) {
    this.#heading.textContent = words;
  }

  /**
   * @param {string} words
   * @param {Node | false} [badge]
   */
  show(words, badge = false) {
    fill(this.#heading, [words]);
    fill(this.#badge, [badge]);
  }
}

/** Asks for something and shows it. What changes while it is asked for is asked for again. */
export class Loader {
  /** Says what went wrong. */
  element = make('div', {});
  #ask;
  #show;
  #loading = false;
  #again = false;

  /**
   * @param {() => Promise<any>} ask
   * @param {(data: any) => void} show
   */
  constructor(ask, show) {
    this.#ask = ask;
    this.#show = show;
  }

  async load() {
    this.#again = true;
    if (this.#loading) return;
    this.#loading = true;
    while (this.#again) {
      this.#again = false;
      try {
        this.#show(await this.#ask());
        fill(this.element, []);
      } catch (error) {
        fill(this.element, [makeProblem(messageOf(error))]);
      }
    }
    this.#loading = false;
  }
}
