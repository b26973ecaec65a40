// What a screen reader is told.

const KEPT = 3; // of what was to be said in a second, the last

/** Says things in an element that is a live region. */
export class Announcer {
  #element;
  /** @type {string[]} */
  #sayings = [];

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
    setInterval(() => this.#announce(), 1000); // one text a second: the next one would cut off the one before
  }

  /** @param {string} words */
  say(words) {
    this.#sayings = [...this.#sayings, words].slice(-KEPT);
  }

  #announce() {
    if (this.#sayings.length) this.#element.textContent = this.#sayings.splice(0).join(' ');
  }
}
