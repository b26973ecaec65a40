// What changes in the simulator, as it happens.

import { ApiError, messageOf } from './api.js';

/**
 * @typedef {object} Change What has changed; a change says no more, the page asks for the rest.
 * @property {string} kind invoice, order, request, delivery, receiver, stream, fault, clock, reset or event.
 * @property {string} id "" where there is one thing of this kind.
 */

/** @typedef {'connecting' | 'live' | 'waiting' | 'refused'} LiveState */

/**
 * @typedef {object} Options
 * @property {(signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>} open
 * @property {(changes: Change[]) => void} onChanges Several at once when they come at once.
 * @property {() => void} onLost Changes may be missing: everything is to be loaded again.
 * @property {(state: LiveState, detail: {message?: string, wait?: number}) => void} onState wait: milliseconds until the
 *   next attempt.
 * @property {() => void} [onRestart] Another simulator has taken the place of this one and does not know the token.
 * @property {(run: () => void, ms: number) => any} [after]
 * @property {(timer: any) => void} [cancel]
 * @property {() => number} [random] From 0 up to 1.
 */

// In milliseconds.
const BASE_WAIT = 500;
const MAX_WAIT = 10_000;
const MAX_LINE = 64 * 1024; // characters; what is longer is no change
const TOGETHER = 60; // changes within this time are told together

export class Changes {
  #options;
  /** @type {AbortController | null} */
  #running = null;
  /** @type {any} */
  #timer = null;
  /** @type {any} */
  #telling = null;
  /** @type {Map<string, Change>} */
  #waiting = new Map();
  #attempts = 0;
  #seq = -1; // the highest that came
  #accepted = false;

  /** @param {Options} options */
  constructor(options) {
    this.#options = {
      after: (/** @type {() => void} */ run, /** @type {number} */ ms) => setTimeout(run, ms),
      cancel: (/** @type {any} */ timer) => clearTimeout(timer),
      random: Math.random,
      ...options,
    };
  }

  start() {
    if (this.#running) return;
    this.#options.cancel(this.#timer);
    this.#running = new AbortController();
    void this.#run(this.#running);
  }

  stop() {
    this.#options.cancel(this.#timer);
    this.#options.cancel(this.#telling);
    this.#telling = null;
    this.#running?.abort();
    this.#running = null;
  }

  /** @param {AbortController} running */
  async #run(running) {
    const { onState, onRestart, random, after } = this.#options;
    onState('connecting', {});
    let message = 'The simulator has closed the connection.';
    try {
      await this.#read(await this.#options.open(running.signal), running.signal);
    } catch (error) {
      message = messageOf(error);
      if (error instanceof ApiError && error.status === 401 && !running.signal.aborted) {
        this.#running = null;
        onState('refused', { message });
        if (this.#accepted) onRestart?.(); // a page that was never accepted would be loaded again and again
        return;
      }
    }
    if (running.signal.aborted) return;
    running.abort(); // ends a connection that is to be given up
    this.#running = null;
    const wait = Math.min(MAX_WAIT, BASE_WAIT * 2 ** this.#attempts++) * (0.75 + random() / 2);
    onState('waiting', { message, wait });
    this.#timer = after(() => this.start(), wait);
  }

  /**
   * @param {ReadableStream<Uint8Array>} body
   * @param {AbortSignal} signal
   */
  async #read(body, signal) {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let rest = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = /** @type {string} */ (lines.pop());
      for (const line of lines) this.#line(line);
      if (rest.length > MAX_LINE) throw new ApiError(0, 'The simulator sends what is no change.');
    }
  }

  /** @param {string} line */
  #line(line) {
    /** @type {any} */
    let change;
    try {
      change = JSON.parse(line);
    } catch {
      return; // a blank line keeps the connection
    }
    const { kind, id, seq } = change ?? {};
    if (typeof kind !== 'string') return;
    const missed = this.#seq >= 0 && kind === 'hello' && seq !== this.#seq;
    if (typeof seq === 'number') this.#seq = kind === 'hello' ? seq : Math.max(this.#seq, seq); // they come out of order
    if (kind === 'hello') {
      this.#attempts = 0;
      this.#accepted = true;
      this.#options.onState('live', {});
      if (missed) this.#options.onLost();
    } else if (kind === 'lost') {
      this.#options.onLost();
    } else {
      this.#tell({ kind, id: id === undefined || id === null ? '' : String(id) });
    }
  }

  /** @param {Change} change */
  #tell(change) {
    this.#waiting.set(`${change.kind} ${change.id}`, change);
    this.#telling ??= this.#options.after(() => {
      this.#telling = null;
      const changes = [...this.#waiting.values()];
      this.#waiting.clear();
      this.#options.onChanges(changes);
    }, TOGETHER);
  }
}
