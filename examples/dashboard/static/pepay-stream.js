/**
 * Pepay's events in a browser. Copy this file into your page; it needs nothing else.
 *
 *     import { PepayStream } from './pepay-stream.js';
 *
 *     const stream = new PepayStream({
 *       tokenURL: '/ws-token', // your own endpoint: wstoken.Handler of the Go SDK, or one that answers the same
 *       onEvent: (event) => console.log(event.type, event.data.object),
 *       onState: (state, why) => console.log(state, why.message ?? ''),
 *     });
 *     stream.start();
 *
 * It asks your endpoint for a ws_token, opens the stream and keeps it open: a lost
 * connection is resumed after the last event, and what comes twice is dropped. A
 * token admits a connection when it is opened. Shortly before it expires the next one
 * is fetched, so that resuming does not have to wait should Pepay close the
 * connection then; and a person who has been signed out loses the stream.
 *
 * The token is kept in memory and put into the WebSocket's address, which is where
 * Pepay reads it. It goes nowhere else: no callback gets it and no message has it.
 *
 * @see https://docs-alpha.pepay.io/api-spec/realtime/websockets
 */

/**
 * @typedef {'idle' | 'connecting' | 'live' | 'waiting' | 'refused' | 'failed' | 'stopped'} State
 *   waiting: a pause before the next attempt. refused: your endpoint says that this person may not;
 *   failed: trying again would not help. From these two, only start() leads on.
 */

/**
 * @typedef {object} PepayEvent
 * @property {string} id
 * @property {'event'} object
 * @property {string} type
 * @property {number} created Unix time in seconds.
 * @property {{object: Record<string, unknown>, previous_attributes?: Record<string, unknown>}} data
 */

/**
 * Why a state was entered.
 *
 * @typedef {object} Why
 * @property {string} [message] For people.
 * @property {number} [wait] Milliseconds until the next attempt.
 */

/**
 * @typedef {object} TokenInfo What a page may know about the token.
 * @property {number} life Milliseconds it had left when it came, by the server's clock.
 * @property {number} renewals How many came after the first one.
 */

/**
 * @typedef {object} Socket The part of a WebSocket that is used.
 * @property {((this: any, ev: any) => any) | null} onopen
 * @property {((this: any, ev: any) => any) | null} onmessage
 * @property {((this: any, ev: any) => any) | null} onclose
 * @property {(code?: number, reason?: string) => void} close
 */

/**
 * @typedef {object} Clock
 * @property {() => number} wall Milliseconds since 1970. It may be wrong, and jump.
 * @property {() => number} steady Milliseconds that never jump, but may stop while the machine sleeps.
 * @property {(run: () => void, ms: number) => any} after
 * @property {(timer: any) => void} cancel
 */

/**
 * @typedef {object} Options
 * @property {string | URL} tokenURL Where a POST gets {token, expires_at, ws_url}.
 * @property {string[]} [types] Event types, or families such as "invoice.*". Default: all.
 * @property {string} [since] The id of the last event that was handled, to go on after it.
 * @property {HeadersInit} [headers] Sent to tokenURL, for endpoints that want a header.
 * @property {RequestCredentials} [credentials] Default "same-origin"; "include" for an endpoint elsewhere.
 * @property {(event: PepayEvent) => void} [onEvent] Once per event.
 * @property {(state: State, why: Why) => void} [onState]
 * @property {(info: TokenInfo) => void} [onToken] A token has come.
 * @property {(message: string) => void} [onProblem] Something went wrong and the stream is still open.
 * @property {(frame: Record<string, unknown>) => void} [onControl] A ws_control frame: hints about replay.
 * @property {number} [dedupeWindow] How many event ids are remembered. Default 1024.
 * @property {typeof globalThis.fetch} [fetch]
 * @property {new (url: string) => Socket} [WebSocket]
 * @property {Clock} [clock]
 * @property {() => number} [random] From 0 up to 1.
 */

const BASE_WAIT = 500;
const MAX_WAIT = 30_000;
const HEALTHY_AFTER = 30_000; // a shorter connection does not reset the back-off: it may be closed again and again
const ANSWER_LIMIT = 15_000; // for the token endpoint, and for a connection to open
const MAX_LEAD = 5_000; // the next token is fetched this long before the end, or a fifth of its life
const EXPIRY_SLACK = 3_000; // a close this near to a token's end is because of it
const MAX_TROUBLES = 5; // errors of the stream without an event between them
const MAX_TIMER = 2 ** 31 - 1; // a longer one fires at once

/** Something is wrong that ends an attempt: `then` says what follows. */
class Trouble extends Error {
  /**
   * @param {'retry' | 'refused' | 'failed'} then
   * @param {string} message
   * @param {number} [floor] Milliseconds that must pass before the next attempt.
   */
  constructor(then, message, floor = 0) {
    super(message);
    this.then = then;
    this.floor = floor;
  }
}

/** A token, and how much of its life is left. */
class Ticket {
  /**
   * @param {{token: string, expires_at: number, ws_url: string}} answer
   * @param {number} serverNow By the Date header: this machine's clock may be wrong.
   * @param {Clock} clock
   * @param {{wall: number, steady: number}} asked When it was asked for.
   */
  constructor(answer, serverNow, clock, asked) {
    this.token = answer.token;
    this.url = new URL(answer.ws_url);
    // Date is cut to whole seconds, so that up to one of them has gone already.
    this.life = answer.expires_at * 1000 - serverNow - 1000;
    this.clock = clock;
    this.asked = asked;
  }

  /** The wall clock goes on while a machine sleeps; the steady one does not jump. Whichever is further counts. */
  left() {
    return this.life - Math.max(this.clock.wall() - this.asked.wall, this.clock.steady() - this.asked.steady);
  }

  /** How long before its end the next one is to be there. */
  lead() {
    return Math.min(MAX_LEAD, this.life / 5);
  }
}

/** The last so many ids. */
class Window {
  /** @param {number} size */
  constructor(size) {
    this.size = size;
    /** @type {Set<string>} */
    this.ids = new Set();
  }

  /**
   * @param {string} id
   * @returns {boolean} whether it is new
   */
  add(id) {
    if (this.ids.has(id)) return false;
    this.ids.add(id);
    if (this.ids.size > this.size) {
      for (const oldest of this.ids) {
        this.ids.delete(oldest);
        break;
      }
    }
    return true;
  }
}

/** A stream of events, for as long as the page wants it. */
export class PepayStream {
  #options;
  #clock;
  #random;
  #seen;
  #since;
  /** @type {State} */
  #state = 'idle';
  #run = 0; // goes up with start and stop; what belongs to an earlier run is ignored
  /** @type {Socket | null} */
  #socket = null;
  /** @type {Ticket | null} */
  #ticket = null;
  /** @type {Promise<Ticket> | null} */
  #request = null;
  /** @type {AbortController | null} */
  #abort = null;
  #attempt = 0;
  #renewAttempt = 0;
  #troubles = 0;
  #tokens = 0;
  #duplicates = 0;
  #floored = false; // the pause was asked for by the server
  /** @type {any} */
  #waitTimer;
  /** @type {any} */
  #renewTimer;
  /** @type {any} */
  #openTimer;

  /** @param {Options} options */
  constructor(options) {
    this.#options = options;
    this.#clock = options.clock ?? {
      wall: () => Date.now(),
      steady: () => performance.now(),
      after: (run, ms) => setTimeout(run, ms),
      cancel: (timer) => clearTimeout(timer),
    };
    this.#random = options.random ?? Math.random;
    this.#seen = new Window(options.dedupeWindow ?? 1024);
    this.#since = options.since ?? '';
  }

  get state() {
    return this.#state;
  }

  /** The id of the last event, to be given as `since` to another stream. */
  get since() {
    return this.#since;
  }

  /** How many events came a second time and were dropped. */
  get duplicates() {
    return this.#duplicates;
  }

  /** Milliseconds the token has left, by the server's clock; 0 without one. */
  get tokenLeft() {
    return Math.max(0, this.#ticket?.left() ?? 0);
  }

  /** Opens the stream, or goes on after a refusal or failure. Does nothing while it runs. */
  start() {
    if (['connecting', 'live', 'waiting'].includes(this.#state)) return;
    this.#end();
    this.#attempt = this.#troubles = 0;
    this.#connect();
  }

  /** Closes the stream. start() goes on after the last event. */
  stop() {
    this.#end();
    this.#become('stopped', {});
  }

  /**
   * Cuts a pause short: the network is back, or the person is. A pause that the server
   * asked for stays as long as it is.
   */
  nudge() {
    if (this.#state !== 'waiting' || this.#floored) return;
    this.#clock.cancel(this.#waitTimer);
    this.#connect();
  }

  /** Lets go of everything that is under way. */
  #end() {
    this.#run++;
    for (const timer of [this.#waitTimer, this.#renewTimer, this.#openTimer]) this.#clock.cancel(timer);
    this.#abort?.abort();
    this.#abort = this.#request = this.#ticket = null;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }

  /**
   * @param {State} state
   * @param {Why} why
   */
  #become(state, why) {
    this.#state = state;
    this.#options.onState?.(state, why);
  }

  async #connect() {
    const run = this.#run;
    this.#become('connecting', {});
    if (run !== this.#run) return; // the page has called stop
    try {
      const ticket = this.#ticket && this.#ticket.left() > this.#ticket.lead() / 2 ? this.#ticket : await this.#fetchTicket();
      if (run === this.#run) this.#open(ticket);
    } catch (err) {
      if (run === this.#run) this.#give(err);
    }
  }

  /** @param {Ticket} ticket */
  #open(ticket) {
    const url = new URL(ticket.url);
    url.searchParams.set('format', 'event_v1');
    if (this.#options.types?.length) url.searchParams.set('types', this.#options.types.join(','));
    if (this.#since) url.searchParams.set('since', this.#since);
    url.searchParams.set('token', ticket.token);
    const Socket = this.#options.WebSocket ?? WebSocket;
    /** @type {Socket} */
    let socket;
    try {
      socket = new Socket(url.href);
    } catch {
      throw new Trouble('failed', 'The browser does not allow a connection to the event stream.');
    }
    this.#socket = socket;
    let openedAt = NaN;
    let frames = 0;
    const closed = (/** @type {string} */ message) => {
      if (this.#socket !== socket) return;
      this.#clock.cancel(this.#openTimer);
      this.#clock.cancel(this.#renewTimer);
      this.#socket = null;
      const steady = this.#clock.steady();
      if (Number.isNaN(openedAt) && this.#ticket === ticket) {
        this.#ticket = null; // a browser does not say why it was not let in; it may have been the token
      }
      if (frames > 0 && steady - openedAt >= HEALTHY_AFTER) this.#attempt = 0;
      const left = ticket.left();
      if (!Number.isNaN(openedAt) && left <= Math.min(EXPIRY_SLACK, ticket.life / 5) && left >= -EXPIRY_SLACK) {
        this.#wait(this.#random() * 250, 'The token has expired.'); // as expected, and the next one is at hand
      } else {
        this.#give(new Trouble('retry', message));
      }
    };
    socket.onopen = () => {
      if (this.#socket !== socket) return;
      openedAt = this.#clock.steady();
      this.#clock.cancel(this.#openTimer);
      this.#become('live', {});
      if (this.#socket === socket) this.#planRenewal();
    };
    socket.onmessage = ({ data }) => {
      if (this.#socket !== socket) return;
      frames++;
      const complaint = this.#receive(data, ticket);
      if (complaint) {
        closed(complaint);
        socket.close(1000);
      }
    };
    socket.onclose = ({ code }) =>
      closed(Number.isNaN(openedAt) ? 'The event stream did not open.' : `The connection was lost (code ${code}).`);
    this.#openTimer = this.#clock.after(() => {
      closed('The event stream did not open in time.');
      socket.close();
    }, ANSWER_LIMIT);
  }

  /**
   * @param {unknown} data
   * @param {Ticket} ticket The one that opened the connection.
   * @returns {string | undefined} why the connection cannot go on
   */
  #receive(data, ticket) {
    /** @type {any} */
    let frame;
    try {
      frame = JSON.parse(String(data));
    } catch {
      frame = null;
    }
    if (frame?.object === 'ws_control') {
      this.#options.onControl?.(frame);
      return;
    }
    if (frame?.object === 'ws_error') {
      this.#troubles++;
      const code = String(frame.code ?? frame.error?.code ?? '');
      if (/auth|token|forbidden|expired/i.test(code) && this.#ticket === ticket) this.#ticket = null;
      return `Pepay ended the stream: ${[code, frame.message ?? frame.error?.message].filter(Boolean).join(': ') || 'no reason given'}`;
    }
    if (frame?.object !== 'event' || typeof frame.id !== 'string') {
      this.#troubles++;
      return 'Something came over the stream that is no event.';
    }
    this.#troubles = 0;
    if (!this.#seen.add(frame.id)) {
      this.#duplicates++;
      return;
    }
    try {
      this.#options.onEvent?.(frame);
    } finally {
      this.#since = frame.id; // also when the page has thrown: the same event would only do it again
    }
  }

  /** @param {unknown} err What ended an attempt. */
  #give(err) {
    const trouble = err instanceof Trouble ? err : new Trouble('failed', String(err));
    const message = trouble.message;
    if (trouble.then !== 'retry' || this.#troubles >= MAX_TROUBLES) {
      this.#end();
      this.#become(trouble.then === 'refused' ? 'refused' : 'failed', { message });
      return;
    }
    this.#wait(Math.max(trouble.floor, this.#backOff(this.#attempt++)), message, trouble.floor > 0);
  }

  /**
   * @param {number} ms
   * @param {string} message
   */
  #wait(ms, message, floored = false) {
    const run = this.#run;
    this.#floored = floored;
    this.#waitTimer = this.#clock.after(() => {
      if (run === this.#run) this.#connect();
    }, Math.min(ms, MAX_TIMER));
    this.#become('waiting', { message, wait: ms });
  }

  /** Full jitter, or all pages of a shop would come back in the same moment. @param {number} attempt */
  #backOff(attempt) {
    return this.#random() * Math.min(MAX_WAIT, BASE_WAIT * 2 ** attempt);
  }

  /** Plans the next token's arrival. @param {number} [ms] */
  #planRenewal(ms) {
    const ticket = this.#ticket;
    if (!ticket) return;
    const lead = ticket.lead();
    const run = this.#run;
    this.#clock.cancel(this.#renewTimer);
    this.#renewTimer = this.#clock.after(
      () => run === this.#run && this.#renew(ticket),
      Math.min(ms ?? Math.max(0, ticket.left() - lead * (1 + this.#random() / 2)), MAX_TIMER),
    );
  }

  /** @param {Ticket} old */
  async #renew(old) {
    const run = this.#run;
    try {
      const next = await this.#fetchTicket();
      if (run !== this.#run || this.#state !== 'live') return; // planned again once it is open
      this.#renewAttempt = 0;
      // An endpoint that shares tokens may hand out the same one again.
      this.#planRenewal(next.token === old.token ? Math.max(1000, next.left() / 2) : undefined);
    } catch (err) {
      if (run !== this.#run || this.#state !== 'live') return;
      if (err instanceof Trouble && err.then === 'retry') {
        this.#options.onProblem?.(err.message);
        this.#planRenewal(Math.max(err.floor, 1000 + this.#backOff(this.#renewAttempt++)));
      } else {
        this.#give(err);
      }
    }
  }

  /** One request at a time, whoever asks. */
  #fetchTicket() {
    const run = this.#run;
    this.#request ??= this.#requestTicket().then(
      (ticket) => {
        if (run !== this.#run) return ticket;
        this.#request = null;
        const renewed = this.#ticket?.token !== ticket.token;
        this.#ticket = ticket;
        if (renewed) this.#options.onToken?.({ life: ticket.life, renewals: this.#tokens++ });
        return ticket;
      },
      (err) => {
        if (run === this.#run) this.#request = null;
        throw err;
      },
    );
    return this.#request;
  }

  async #requestTicket() {
    const clock = this.#clock;
    const asked = { wall: clock.wall(), steady: clock.steady() };
    const abort = new AbortController();
    this.#abort = abort;
    const limit = clock.after(() => abort.abort(), ANSWER_LIMIT);
    const get = this.#options.fetch ?? globalThis.fetch.bind(globalThis);
    try {
      const response = await get(this.#options.tokenURL, {
        method: 'POST',
        headers: this.#options.headers,
        credentials: this.#options.credentials ?? 'same-origin',
        cache: 'no-store',
        redirect: 'manual', // to a sign-in page, most likely
        referrerPolicy: 'no-referrer',
        signal: abort.signal,
      }).catch(() => {
        throw new Trouble('retry', 'The token endpoint cannot be reached.');
      });
      const date = Date.parse(response.headers.get('Date') ?? '');
      const serverNow = Number.isNaN(date) ? asked.wall : date;
      if (!response.ok) throw refusal(response, serverNow);
      const answer = await response.json().catch(() => null);
      if (typeof answer?.token !== 'string' || !answer.token || !Number.isFinite(answer.expires_at) || !isStreamURL(answer.ws_url)) {
        throw new Trouble('retry', 'The token endpoint answered something that is no token.');
      }
      const ticket = new Ticket(answer, serverNow, clock, asked);
      if (ticket.left() <= 0) throw new Trouble('retry', 'The token endpoint handed out a token that has expired.');
      return ticket;
    } finally {
      clock.cancel(limit);
      if (this.#abort === abort) this.#abort = null;
    }
  }
}

/**
 * What an answer without a token means.
 *
 * @param {Response} response
 * @param {number} serverNow
 */
function refusal(response, serverNow) {
  const { status } = response;
  if (response.type === 'opaqueredirect' || status === 401 || status === 403) {
    return new Trouble('refused', 'You are not signed in, or may not see these events.');
  }
  if (status === 429) {
    return new Trouble('retry', 'Too many requests for a token.', retryAfter(response.headers.get('Retry-After'), serverNow));
  }
  if (status >= 500 || status === 408) {
    return new Trouble('retry', `No token is available at the moment (${status}).`, retryAfter(response.headers.get('Retry-After'), serverNow));
  }
  return new Trouble('failed', `The token endpoint answered ${status}.`);
}

/**
 * @param {string | null} value Seconds, or a date.
 * @param {number} serverNow
 */
function retryAfter(value, serverNow) {
  if (!value) return 0;
  const ms = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : Date.parse(value) - serverNow;
  return ms > 0 ? ms : 0;
}

/**
 * wss, or ws on this machine: a token must not cross a network in the clear.
 *
 * @param {unknown} value
 */
function isStreamURL(value) {
  try {
    const { protocol, hostname } = new URL(String(value));
    return protocol === 'wss:' || (protocol === 'ws:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
  } catch {
    return false;
  }
}
