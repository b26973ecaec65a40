/**
 * Pepay's events in a browser. Copy this file into your page; it needs nothing else.
 *
 *     import { PepayStream } from './pepay-stream.js';
 *
 *     const stream = new PepayStream({
 *       tokenURL: '/ws-token', // your own endpoint: wstoken.Handler of the Go SDK, or one that answers the same
 *       onEvent: (event) => console.log(event.type, event.data.object),
 *       onState: (state, why) => console.log(state, why.message ?? ''),
 *       onProblem: (message, { gap }) => console.log(message, gap ? '(load the list again)' : ''),
 *     });
 *     stream.start();
 *
 * It asks your endpoint for a ws_token, opens the stream and keeps it open: a lost
 * connection is resumed after the last event, and an event that comes twice is dropped.
 * A token admits a connection when it is opened. Shortly before it expires the next one
 * is fetched, so that resuming does not have to wait if Pepay closes the connection
 * then; and a person who has been signed out loses the stream.
 *
 * A browser cannot ping, and a connection whose other side has vanished looks open for
 * ever. When there is reason to doubt it (a visible page that received nothing for two
 * minutes, a network that came back, a page that was hidden or a machine that slept), a
 * second connection is opened beside it and takes its place. Nothing else is sent.
 *
 * The token is kept in memory and put into the WebSocket's address, which is where
 * Pepay reads it. It goes nowhere else: no callback gets it and no message has it.
 *
 * @see https://docs-alpha.pepay.io/api-spec/realtime/websockets
 */

/**
 * @typedef {'idle' | 'connecting' | 'live' | 'waiting' | 'refused' | 'failed' | 'stopped'} State
 *   waiting: a pause before the next attempt. refused: your endpoint gives this person no token.
 *   failed: trying again would not help. Only start() leaves the last three.
 */

/**
 * @typedef {object} PepayEvent As Pepay sent it; created, livemode, request and data are brought into this form.
 * @property {string} id
 * @property {'event'} object
 * @property {string} type
 * @property {number} created Unix time in whole seconds; 0 if it cannot be read.
 * @property {boolean} livemode
 * @property {{id?: string, idempotency_key?: string}} [request]
 * @property {{object: Record<string, unknown>, previous_attributes?: Record<string, unknown>}} data
 */

/**
 * Why a state was entered.
 *
 * @typedef {object} Why
 * @property {string} [message] For people.
 * @property {number} [wait] Milliseconds until the next attempt.
 * @property {boolean} [signIn] With refused: signing in again may help (401, or a redirect); otherwise
 *   the person is signed in and not allowed (403).
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
 * An exception thrown by a callback is reported (reportError, else the console) and does not stop the stream.
 *
 * @typedef {object} Options
 * @property {string | URL} tokenURL Where a POST gets {token, expires_in, ws_url}; without expires_in (seconds
 *   left), expires_at (Unix time) is compared with the answer's Date header.
 * @property {string[]} [types] Event types, or families such as "invoice.*". Default: all.
 * @property {string} [since] The id of the last event that was handled; the stream continues after it.
 * @property {HeadersInit} [headers] Sent to tokenURL, for endpoints that want a header.
 * @property {RequestCredentials} [credentials] Default "same-origin"; "include" for an endpoint elsewhere.
 * @property {(event: PepayEvent, text: string) => void} [onEvent] Once per event; text is the JSON that came.
 * @property {(state: State, why: Why) => void} [onState]
 * @property {(info: TokenInfo) => void} [onToken] A token has come.
 * @property {(message: string, detail: {gap: boolean}) => void} [onProblem] Something went wrong and the stream
 *   goes on. With gap, events may be missing: load them from your back end.
 * @property {(frame: Record<string, unknown>) => void} [onControl] A frame that is no event: Pepay's ws_control
 *   (hints about replay), or one this version does not know. What is no JSON object is
 *   {object: 'unreadable', text} or {object: 'binary', size}.
 * @property {number} [dedupeWindow] How many event ids are remembered. Default 1024.
 * @property {typeof globalThis.fetch} [fetch]
 * @property {new (url: string) => Socket} [WebSocket]
 * @property {Clock} [clock]
 * @property {() => number} [random] From 0 up to 1.
 */

// All in milliseconds, unless they count something.
const BASE_WAIT = 500;
const MAX_WAIT = 30_000;
const HEALTHY_AFTER = 30_000; // a shorter connection does not reset the back-off: it may be closed again and again
const ANSWER_LIMIT = 15_000; // for the token endpoint, and for a connection to open
const MAX_LEAD = 5_000; // the next token is fetched this long before the end, or a fifth of its life
const EXPIRY_SLACK = 3_000; // a close this near to a token's end is because of it
const MAX_TROUBLES = 5; // errors of the stream without an event between them
const MAX_REFUSALS = 2; // of one cursor
const MAX_STRANGE = 40; // answers in a row of a token endpoint that has given tokens, such as 404
const LATE_SPAN = 60_000; // an event may arrive this long after one that was created later
const MAX_TIMER = 2 ** 31 - 1; // a longer one fires at once
const MAX_TEXT = 300; // characters of a message from outside
const MAX_SECRETS = 8; // tokens that are kept out of messages: this one and those before it

const CHECK_EVERY = 10_000; // how often the silence is measured
const QUIET_LIMIT = 120_000; // a visible page that received nothing for this long probes
const QUIET_SPREAD = 15_000;
const HIDDEN_LIMIT = 30_000; // a page that was hidden for longer probes when it is seen again
const LATE_LIMIT = 10_000; // a timer that is later than this has slept
const HIDDEN_LATE_LIMIT = 120_000; // browsers hold back the timers of hidden pages by a minute
const PROBE_SPREAD = 3_000; // an office whose network comes back does not probe in the same moment
const PROBE_PAUSE = 30_000; // between two probes
const ASIDE_TIME = 5_000; // how long a connection shows late events

/** Something ended an attempt: `then` says what follows. */
class Trouble extends Error {
  /**
   * @param {'retry' | 'refused' | 'failed'} then
   * @param {string} message
   * @param {{floor?: number, about?: 'token' | 'cursor' | '', signIn?: boolean}} [more] floor: milliseconds that
   *   must pass before the next attempt. about: what was refused.
   */
  constructor(then, message, { floor = 0, about = '', signIn = false } = {}) {
    super(message);
    this.then = then;
    this.floor = floor;
    this.about = about;
    this.signIn = signIn;
  }
}

/** A point in time. */
class Moment {
  /** @param {Clock} clock */
  constructor(clock) {
    this.clock = clock;
    this.wall = clock.wall();
    this.steady = clock.steady();
  }

  /** The wall clock goes on while a machine sleeps; the steady one does not jump. Whichever is further counts. */
  ago() {
    return Math.max(this.clock.wall() - this.wall, this.clock.steady() - this.steady);
  }
}

/** A token, and how much of its life is left. */
class Ticket {
  /**
   * @param {{token: string, ws_url: string}} answer
   * @param {number} life Milliseconds, from when it was asked for.
   * @param {Moment} asked
   */
  constructor(answer, life, asked) {
    this.token = answer.token;
    this.url = new URL(answer.ws_url);
    this.life = life;
    this.asked = asked;
  }

  left() {
    return this.life - this.asked.ago();
  }

  /** How long before its end the next one is to be there. */
  lead() {
    return Math.min(MAX_LEAD, this.life / 5);
  }

  /** A connection that a token opens at its end, or after it, was in vain. */
  usable() {
    return this.left() > this.lead() / 2;
  }

  /** Whether a connection that ends now ends because the token did. */
  ends() {
    const left = this.left();
    return left <= Math.min(EXPIRY_SLACK, this.life / 5) && left >= -EXPIRY_SLACK;
  }
}

/** One connection: its socket, and what it was opened with. */
class Connection {
  /** @type {Moment | null} */
  opened = null;
  events = 0;
  trial = false; // without the cursor, only to see whether it opens
  /** @type {any} */
  limit; // the timer for opening

  /**
   * @param {Socket} socket
   * @param {Ticket} ticket
   * @param {string} since
   */
  constructor(socket, ticket, since) {
    this.socket = socket;
    this.ticket = ticket;
    this.since = since;
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
  #settled; // the newest event that came more than LATE_SPAN ago, or that the page began with
  /** @type {{id: string, came: Moment}[]} */
  #recent = []; // those after it, the oldest first
  /** @type {State} */
  #state = 'idle';
  #run = 0; // goes up with start and stop; what belongs to an earlier run is ignored
  /** @type {Connection | null} */
  #current = null;
  /** @type {Connection | null} */
  #probe = null; // is to take the place of the current one
  /** @type {Connection | null} */
  #aside = null; // shows late events for a moment, beside the current one
  /** @type {Ticket | null} */
  #ticket = null;
  /** @type {string[]} */
  #secrets = []; // the last tokens, the newest first
  /** @type {Promise<Ticket> | null} */
  #request = null;
  /** @type {AbortController | null} */
  #abort = null;
  #attempt = 0;
  #renewAttempt = 0;
  #troubles = 0;
  #strange = 0; // answers of the token endpoint that something in between may have given
  #refusals = 0; // of the cursor
  #unopened = 0; // connections with the cursor that did not open, though there was a token
  #suspect = false; // without the cursor, one did open
  #suspicions = 0; // how often the next one with it did not, after that
  #tokens = 0;
  #duplicates = 0;
  #floored = false; // the pause was asked for by the server
  #heard; // when something last came
  #patience = QUIET_LIMIT;
  /** @type {Moment | null} */
  #probed = null;
  #planned = false; // a probe is
  #owed = false; // a probe is, as soon as there is a token for it
  /** @type {Moment | null} */
  #hidden = null;
  /** @type {Set<string>} */
  #odd = new Set(); // fields of events that could not be read, told once each
  /** @type {any} */
  #waitTimer;
  /** @type {any} */
  #renewTimer;
  /** @type {any} */
  #checkTimer;
  /** @type {any} */
  #probeTimer;
  /** @type {any} */
  #asideTimer;

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
    this.#since = this.#settled = options.since ?? '';
    this.#heard = new Moment(this.#clock);
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

  /** Milliseconds until the next token is asked for, at most; 0 when that is under way, and without a token. */
  get tokenRenewsIn() {
    return Math.max(0, (this.#ticket?.left() ?? 0) - (this.#ticket?.lead() ?? 0));
  }

  /** Opens the stream, or goes on after a refusal or failure. Does nothing while it runs. */
  start() {
    if (['connecting', 'live', 'waiting'].includes(this.#state)) return;
    this.#end();
    this.#attempt = this.#renewAttempt = this.#troubles = this.#refusals = this.#unopened = this.#suspicions = this.#strange = 0;
    this.#suspect = false;
    this.#hidden = isHidden() ? new Moment(this.#clock) : null;
    globalThis.addEventListener?.('online', this.#onOnline);
    globalThis.document?.addEventListener?.('visibilitychange', this.#onVisibility);
    this.#connect();
  }

  /** Closes the stream. start() goes on after the last event. */
  stop() {
    this.#end();
    this.#become('stopped', {});
  }

  /**
   * There is reason to doubt the connection: the network has changed, say. A pause is cut
   * short, unless the server asked for it; an open connection is probed, at most once in 30 s.
   * In a browser this happens by itself when the network is back and when the page is seen again.
   */
  nudge() {
    if (!this.#hurry()) this.#doubt(PROBE_SPREAD);
  }

  #onOnline = () => this.nudge();

  #onVisibility = () => {
    if (isHidden()) {
      this.#hidden ??= new Moment(this.#clock);
      return;
    }
    const away = this.#hidden?.ago() ?? 0;
    this.#hidden = null;
    if (!this.#hurry() && away > HIDDEN_LIMIT) this.#doubt(PROBE_SPREAD);
  };

  /** Cuts a pause short. */
  #hurry() {
    if (this.#state !== 'waiting' || this.#floored) return false;
    this.#clock.cancel(this.#waitTimer);
    this.#connect();
    return true;
  }

  /** Lets go of everything that is under way. */
  #end() {
    this.#run++;
    globalThis.removeEventListener?.('online', this.#onOnline);
    globalThis.document?.removeEventListener?.('visibilitychange', this.#onVisibility);
    this.#clock.cancel(this.#waitTimer);
    this.#rest();
    this.#abort?.abort();
    this.#abort = this.#request = this.#ticket = null;
    for (const connection of [this.#current, this.#probe]) if (connection) this.#release(connection);
    this.#current = this.#probe = null;
  }

  /** What is only done while a connection is open ends. */
  #rest() {
    for (const timer of [this.#renewTimer, this.#checkTimer, this.#probeTimer, this.#asideTimer]) this.#clock.cancel(timer);
    this.#planned = this.#owed = false;
    const aside = this.#aside;
    this.#aside = null;
    if (aside) this.#release(aside);
  }

  /** @param {Connection} connection It must be out of #current and #probe before its socket tells more. */
  #release(connection) {
    this.#clock.cancel(connection.limit);
    connection.socket.close(1000);
  }

  /**
   * @param {State} state
   * @param {Why} why
   */
  #become(state, why) {
    this.#state = state;
    const told = why.message === undefined ? why : { ...why, message: this.#redact(why.message) };
    isolate(() => this.#options.onState?.(state, told));
  }

  /** @param {string} message */
  #complain(message, gap = false) {
    isolate(() => this.#options.onProblem?.(this.#redact(message), { gap }));
  }

  /** A timer that ends with the run, and notices that the machine has slept. @param {() => void} run @param {number} ms */
  #after(run, ms) {
    const of = this.#run;
    const wait = Math.min(Math.max(0, ms), MAX_TIMER);
    const due = this.#clock.wall() + wait;
    return this.#clock.after(() => {
      if (of !== this.#run) return;
      const late = this.#clock.wall() - due;
      run();
      if (late > (isHidden() ? HIDDEN_LATE_LIMIT : LATE_LIMIT)) this.#doubt(PROBE_SPREAD);
    }, wait);
  }

  async #connect() {
    const run = this.#run;
    this.#become('connecting', {});
    if (run !== this.#run) return; // the page has called stop
    try {
      const ticket = this.#ticket?.usable() ? this.#ticket : await this.#fetchTicket();
      if (run !== this.#run) return;
      // A browser does not say why a connection did not open. It may be because of the cursor: one
      // attempt without it tells.
      const without = this.#since !== '' && this.#unopened >= MAX_REFUSALS && !this.#suspect;
      this.#current = this.#dial(ticket, without ? '' : this.#resumeAfter());
      this.#current.trial = without;
    } catch (err) {
      if (run === this.#run) this.#fail(err);
    }
  }

  /**
   * The event to resume after. It is not the last one: an event that was created before it may not have arrived
   * yet. What comes again is dropped.
   */
  #resumeAfter() {
    while (this.#recent.length > 0 && this.#recent[0].came.ago() >= LATE_SPAN) this.#settle();
    return this.#settled || this.#since;
  }

  /** The oldest of the recent events becomes the one to resume after. */
  #settle() {
    const oldest = this.#recent.shift();
    if (oldest) this.#settled = oldest.id;
  }

  /**
   * @param {Ticket} ticket
   * @param {string} since
   */
  #dial(ticket, since) {
    const url = new URL(ticket.url);
    url.searchParams.set('format', 'event_v1');
    if (this.#options.types?.length) url.searchParams.set('types', this.#options.types.join(','));
    if (since) url.searchParams.set('since', since);
    url.searchParams.set('token', ticket.token);
    const Socket = this.#options.WebSocket ?? WebSocket;
    /** @type {Socket} */
    let socket;
    try {
      socket = new Socket(url.href);
    } catch {
      throw new Trouble('failed', 'The browser does not allow a connection to the event stream.');
    }
    const connection = new Connection(socket, ticket, since);
    socket.onopen = () => this.#opened(connection);
    socket.onmessage = ({ data }) => this.#received(connection, data);
    socket.onclose = ({ code, reason }) => this.#over(connection, closeTrouble(connection, code, reason));
    connection.limit = this.#after(() => {
      this.#over(connection, new Trouble('retry', 'The event stream did not open in time.'));
      socket.close();
    }, ANSWER_LIMIT);
    return connection;
  }

  /** @param {Connection} connection */
  #isOurs(connection) {
    return connection === this.#current || connection === this.#probe || connection === this.#aside;
  }

  /** @param {Connection} connection */
  #opened(connection) {
    if (!this.#isOurs(connection)) return;
    this.#clock.cancel(connection.limit);
    if (connection === this.#aside) {
      connection.limit = this.#after(() => {
        this.#aside = null;
        this.#release(connection);
      }, ASIDE_TIME);
      return;
    }
    if (connection === this.#current && connection.trial) {
      this.#current = null; // it was only to see whether it opens; with the cursor, nothing would be missing
      this.#release(connection);
      this.#suspect = true;
      this.#connect();
      return;
    }
    this.#unopened = this.#suspicions = 0;
    this.#suspect = false;
    connection.opened = this.#heard = new Moment(this.#clock);
    this.#patience = QUIET_LIMIT + this.#random() * QUIET_SPREAD;
    if (connection === this.#probe) {
      const old = this.#current;
      this.#current = connection;
      this.#probe = null;
      if (old) {
        this.#release(old);
        return; // it is live, and stays so
      }
    }
    this.#become('live', {});
    if (this.#current !== connection) return; // the page has called stop
    this.#planRenewal();
    this.#planCheck();
    if (connection.since !== '' && this.#settled === '') {
      this.#asideTimer = this.#after(() => this.#lookAside(), this.#random() * PROBE_SPREAD);
    }
  }

  /**
   * @param {Connection} connection
   * @param {unknown} data
   */
  #received(connection, data) {
    if (!this.#isOurs(connection)) return;
    if (connection !== this.#aside) this.#heard = new Moment(this.#clock);
    if (typeof data !== 'string') {
      const { size, byteLength } = /** @type {{size?: number, byteLength?: number}} */ (data ?? {});
      this.#control({ object: 'binary', size: size ?? byteLength ?? 0 });
      return;
    }
    const frame = parse(data);
    if (!frame) {
      this.#control({ object: 'unreadable', text: this.#redact(data) });
    } else if (frame.object === 'ws_error') {
      if (connection !== this.#aside) this.#troubles++;
      const notice = readNotice(frame);
      const told = [notice.code, notice.message].filter(Boolean).join(': ') || 'no reason given';
      this.#over(connection, new Trouble('retry', `Pepay ended the stream: ${told}`, { about: topic(notice) }));
      connection.socket.close(1000);
    } else if (frame.object !== 'event') {
      this.#control(frame);
    } else {
      this.#deliver(connection, frame, data);
    }
  }

  /**
   * @param {Connection} connection
   * @param {Record<string, unknown>} frame
   * @param {string} text
   */
  #deliver(connection, frame, text) {
    if (!isNamed(frame)) {
      this.#complain('An event has no id or no type and cannot be shown.', true);
      this.#control(frame);
      return;
    }
    connection.events++;
    this.#troubles = this.#refusals = 0;
    const id = String(frame.id);
    if (!this.#seen.add(id)) {
      this.#duplicates++;
      return;
    }
    const { event, odd } = normalize(frame);
    isolate(() => this.#options.onEvent?.(event, text));
    this.#since = id; // also when the page has thrown: the same event would only do it again
    this.#recent.push({ id, came: new Moment(this.#clock) });
    if (this.#recent.length > this.#seen.size / 2) this.#settle(); // what comes again must still be remembered
    for (const field of odd) {
      if (this.#odd.has(field)) continue;
      this.#odd.add(field);
      this.#complain(`The field ${field} of event ${id} cannot be read. It is left empty, in all events like it.`);
    }
  }

  /** @param {Record<string, unknown>} frame */
  #control(frame) {
    let told;
    try {
      told = clean(frame, (text) => this.#redact(text, Infinity));
    } catch {
      told = { object: 'unreadable', text: '' }; // nested too deeply
    }
    isolate(() => this.#options.onControl?.(/** @type {Record<string, unknown>} */ (told)));
  }

  /**
   * A connection has ended, or did not open.
   *
   * @param {Connection} connection
   * @param {Trouble} trouble
   */
  #over(connection, trouble) {
    if (!this.#isOurs(connection)) return;
    const run = this.#run;
    const expired = connection.opened && trouble.about !== 'cursor' && connection.ticket.ends();
    this.#clock.cancel(connection.limit);
    if ((!connection.opened || trouble.about === 'token') && this.#ticket === connection.ticket) {
      this.#ticket = null; // a connection that did not open may have been refused because of it
    }
    if (connection === this.#current && this.#probe) {
      this.#current = null; // whether the stream goes on is up to the other one, which is on its way
      this.#become('connecting', { message: trouble.message });
      return;
    }
    if (connection === this.#aside) {
      this.#aside = null;
      this.#clock.cancel(connection.limit);
      return;
    }
    const failed = connection === this.#probe ? this.#current : null; // the one that was probed
    this.#current = this.#probe = null;
    this.#rest();
    if (failed) {
      this.#release(failed);
      trouble = new Trouble('retry', 'The connection did not answer any more.');
    } else {
      this.#judgeCursor(connection, trouble);
      if (run !== this.#run) return; // the page has called stop
    }
    const last = failed ?? connection;
    if ((last.opened?.ago() ?? 0) >= HEALTHY_AFTER) this.#attempt = this.#troubles = 0;
    if (expired && !failed) {
      this.#wait(this.#random() * 250, 'The token has expired.'); // as expected, and the next one is at hand
    } else {
      this.#fail(trouble);
    }
  }

  /**
   * Decides whether the connection ended because of the cursor, which is then given up.
   *
   * @param {Connection} connection
   * @param {Trouble} trouble
   */
  #judgeCursor(connection, trouble) {
    if (!this.#since || connection.events > 0) return;
    if (connection.trial) {
      this.#unopened = 0; // the attempt without it did not open either: it is not the cursor
      return;
    }
    if (connection.since === '') return;
    if (!connection.opened) this.#unopened++;
    else if (trouble.about === 'cursor') this.#refusals++;
    if (!connection.opened && this.#suspect) {
      this.#suspect = false; // compare once more: a server that dies again and again looks the same
      this.#suspicions++;
    }
    const stubborn = this.#troubles >= MAX_TROUBLES && trouble.about !== 'token'; // an error that does not say what it is about
    if (this.#refusals >= MAX_REFUSALS || this.#suspicions >= MAX_REFUSALS || stubborn) this.#dropCursor();
  }

  #dropCursor() {
    this.#since = this.#settled = '';
    this.#recent = [];
    this.#troubles = this.#refusals = this.#unopened = this.#suspicions = 0;
    this.#suspect = false;
    this.#complain('Pepay cannot resume after the last event any more. Events may be missing.', true);
  }

  /** @param {unknown} err What ended an attempt. */
  #fail(err) {
    const trouble = err instanceof Trouble ? err : new Trouble('failed', String(err));
    const message = trouble.message;
    if (trouble.then !== 'retry' || this.#troubles >= MAX_TROUBLES) {
      this.#end();
      if (trouble.then === 'refused') this.#become('refused', { message, signIn: trouble.signIn });
      else this.#become('failed', { message });
      return;
    }
    this.#wait(Math.max(trouble.floor, this.#backOff(this.#attempt++)), message, trouble.floor > 0);
  }

  /**
   * @param {number} ms
   * @param {string} message
   */
  #wait(ms, message, floored = false) {
    this.#floored = floored;
    this.#waitTimer = this.#after(() => this.#connect(), ms);
    this.#become('waiting', { message, wait: ms });
  }

  /** Full jitter, or all pages of a shop would come back in the same moment. @param {number} attempt */
  #backOff(attempt) {
    return this.#random() * Math.min(MAX_WAIT, BASE_WAIT * 2 ** attempt);
  }

  #planCheck() {
    this.#clock.cancel(this.#checkTimer);
    this.#checkTimer = this.#after(() => {
      if (this.#state !== 'live') return;
      this.#planCheck();
      if (!isHidden() && this.#heard.ago() >= this.#patience) this.#doubt(0);
    }, CHECK_EVERY);
  }

  /**
   * The page has not been open for long enough to know an event that is older than a minute. A second
   * connection, without a cursor and for a moment only, shows whether Pepay has late events.
   */
  #lookAside() {
    const ticket = this.#ticket;
    if (this.#state !== 'live' || this.#probe || !ticket?.usable() || (this.#probed?.ago() ?? PROBE_PAUSE) < PROBE_PAUSE) return;
    this.#probed = new Moment(this.#clock);
    try {
      this.#aside = this.#dial(ticket, '');
    } catch {
      // it was worth a try
    }
  }

  /** Plans a probe. @param {number} spread Within how many milliseconds. */
  #doubt(spread) {
    if (this.#state !== 'live' || this.#probe || this.#planned || this.#owed) return;
    const pause = this.#probed ? Math.max(0, PROBE_PAUSE - this.#probed.ago()) : 0;
    this.#planned = true;
    this.#probeTimer = this.#after(() => {
      this.#planned = false;
      if (this.#state === 'live') this.#startProbe();
    }, pause + this.#random() * spread);
  }

  #startProbe() {
    const ticket = this.#ticket;
    if (!ticket?.usable()) {
      // Without a token nothing can be said about the connection. The renewal is under way, or begins now.
      this.#owed = true;
      if (!this.#request) this.#renew(ticket);
      return;
    }
    this.#owed = false;
    this.#probed = new Moment(this.#clock);
    try {
      this.#probe = this.#dial(ticket, this.#resumeAfter());
    } catch (err) {
      this.#fail(err);
    }
  }

  /** Plans the next token's arrival. @param {number} [ms] */
  #planRenewal(ms) {
    const ticket = this.#ticket;
    if (!ticket) return;
    this.#clock.cancel(this.#renewTimer);
    this.#renewTimer = this.#after(
      () => this.#renew(ticket),
      ms ?? ticket.left() - ticket.lead() * (1 + this.#random() / 2),
    );
  }

  /** @param {Ticket | null} old */
  async #renew(old) {
    const run = this.#run;
    this.#clock.cancel(this.#renewTimer);
    try {
      const next = await this.#fetchTicket();
      if (run !== this.#run || this.#state !== 'live') return; // planned again once it is open
      this.#renewAttempt = 0;
      // An endpoint that shares tokens may hand out the same one again.
      this.#planRenewal(next.token === old?.token ? Math.max(1000, next.left() / 2) : undefined);
      if (this.#owed && next.usable()) this.#startProbe();
    } catch (err) {
      if (run !== this.#run || this.#state !== 'live') return;
      if (err instanceof Trouble && err.then === 'retry') {
        this.#complain(err.message);
        if (run === this.#run) this.#planRenewal(Math.max(err.floor, 1000 + this.#backOff(this.#renewAttempt++)));
      } else {
        this.#fail(err);
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
        this.#strange = 0;
        const renewed = this.#ticket?.token !== ticket.token;
        this.#ticket = ticket;
        if (renewed) {
          this.#secrets = [ticket.token, ...this.#secrets].slice(0, MAX_SECRETS);
          const info = { life: ticket.life, renewals: this.#tokens++ };
          isolate(() => this.#options.onToken?.(info));
        }
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
    const asked = new Moment(clock);
    const abort = new AbortController();
    this.#abort = abort;
    const limit = clock.after(() => abort.abort(), ANSWER_LIMIT);
    const get = this.#options.fetch ?? globalThis.fetch.bind(globalThis);
    try {
      /** @type {Response} */
      let response;
      try {
        response = await get(this.#options.tokenURL, {
          method: 'POST',
          headers: this.#options.headers,
          credentials: this.#options.credentials ?? 'same-origin',
          cache: 'no-store',
          redirect: 'manual', // to a sign-in page, most likely
          referrerPolicy: 'no-referrer',
          signal: abort.signal,
        });
      } catch {
        throw new Trouble('retry', 'The token endpoint cannot be reached.');
      }
      const date = Date.parse(response.headers.get('Date') ?? '');
      const serverNow = Number.isNaN(date) ? asked.wall : date;
      if (!response.ok) throw this.#tolerate(refusal(response, serverNow));
      const answer = await response.json().catch(() => null);
      const life = readLife(answer, serverNow);
      if (typeof answer?.token !== 'string' || !answer.token || life === undefined || !isStreamURL(answer.ws_url)) {
        throw new Trouble('retry', 'The token endpoint answered something that is no token.');
      }
      const ticket = new Ticket(answer, life, asked);
      if (ticket.left() <= 0) throw new Trouble('retry', 'The token endpoint handed out a token that has expired.');
      return ticket;
    } finally {
      clock.cancel(limit);
      if (this.#abort === abort) this.#abort = null;
    }
  }

  /**
   * Once the endpoint has given a token, an answer such as 404 comes from something in between: a proxy during a
   * deployment, for instance. It passes.
   *
   * @param {Trouble} trouble
   */
  #tolerate(trouble) {
    if (trouble.then !== 'failed' || this.#tokens === 0 || this.#strange++ >= MAX_STRANGE) return trouble;
    return new Trouble('retry', trouble.message, { floor: trouble.floor });
  }

  /**
   * Text for people, without tokens: those of this stream, and whatever looks like one.
   *
   * @param {string} text
   */
  #redact(text, longest = MAX_TEXT) {
    const known = this.#secrets.flatMap((token) => [token, encodeURIComponent(token)]).sort((a, b) => b.length - a.length);
    for (const token of known) text = text.replaceAll(token, '[redacted]');
    text = text.replaceAll(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[redacted]');
    return longest === Infinity ? text : oneLine(text, longest);
  }
}

/** Runs a page's callback: a mistake in it is the page's, and the stream goes on. @param {() => unknown} run */
function isolate(run) {
  const report = (/** @type {unknown} */ err) => {
    if (typeof globalThis.reportError === 'function') globalThis.reportError(err);
    else console.error(err);
  };
  try {
    const result = run();
    if (result instanceof Promise) result.catch(report);
  } catch (err) {
    report(err);
  }
}

const isHidden = () => globalThis.document?.hidden === true;

/** @param {string} text */
function oneLine(text, longest = MAX_TEXT) {
  const line = text.slice(0, longest).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ');
  return text.length > longest ? `${line}…` : line;
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @param {string} text */
function parse(text) {
  try {
    const value = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * The value with every text in it cleaned, names included.
 *
 * @param {unknown} value
 * @param {(text: string) => string} redact
 * @returns {unknown}
 */
function clean(value, redact) {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => clean(item, redact));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [redact(name), clean(item, redact)]));
  return value;
}

/**
 * Pepay documents that ws_error exists, but none of its fields: the usual names are looked for, at the top and
 * in error and data.
 *
 * @param {Record<string, unknown>} frame
 */
function readNotice(frame) {
  const places = [frame, frame.error, frame.data].filter(isObject);
  const find = (/** @type {string[]} */ ...names) => {
    for (const name of names) {
      for (const place of places) {
        const value = place[name];
        if ((typeof value === 'string' && value) || typeof value === 'number') return String(value);
      }
    }
    return '';
  };
  return { code: find('code', 'error_code', 'type', 'kind'), message: find('message', 'error', 'reason') };
}

const TOKEN_WORDS = new Set(
  '401 403 4401 4403 auth authentication authorization unauthorized unauthenticated forbidden token jwt credential credentials apikey'.split(' '),
);
const CURSOR_WORDS = new Set('cursor since replay resume retention retained old'.split(' '));
const CURSOR_PHRASES = /\b(cursor|replay|retention|retained|too old|no longer (kept|available))\b/i;

/**
 * What an error is about. Pepay does not document the codes; these are the words that such codes are made of.
 * Without a code, the message has to do.
 *
 * @param {{code: string, message: string}} notice
 * @returns {'token' | 'cursor' | ''}
 */
function topic({ code, message }) {
  const words = (code || message).toLowerCase().replaceAll('api_key', 'apikey').split(/[^a-z0-9]+/);
  if (words.some((word) => TOKEN_WORDS.has(word))) return 'token';
  if ((code && words.some((word) => CURSOR_WORDS.has(word))) || CURSOR_PHRASES.test(message)) return 'cursor';
  return '';
}

/**
 * Why a socket was closed.
 *
 * @param {Connection} connection
 * @param {number} code
 * @param {string} [reason]
 */
function closeTrouble(connection, code, reason = '') {
  const { opened, ticket } = connection;
  if (!opened) return new Trouble('retry', 'The event stream did not open.');
  let about = topic({ code: String(code), message: '' }) || topic({ code: '', message: reason });
  // These codes blame the request. If they come right after a request with a cursor, it is the cursor.
  if (!about && [1008, 4400, 4404, 4410].includes(code) && opened.ago() < ANSWER_LIMIT && !ticket.ends()) about = 'cursor';
  return new Trouble('retry', `The connection was lost (code ${code}).`, { about });
}

/**
 * Reads an event that your back end hands on as Pepay gave it. It gets the same form as those of the stream.
 *
 * @param {string} json
 * @returns {PepayEvent | null} null if it is no event
 */
export function readEvent(json) {
  const frame = parse(json);
  return frame && isNamed(frame) ? normalize(frame).event : null;
}

/** @param {Record<string, unknown>} frame */
const isNamed = ({ id, type }) => typeof id === 'string' && id !== '' && typeof type === 'string' && type !== '';

/**
 * An event in its documented form, whatever its optional fields look like, and the names of those that could
 * not be read.
 *
 * @param {Record<string, unknown>} frame
 */
function normalize(frame) {
  /** @type {string[]} */
  const odd = [];
  let created = readTime(frame.created) ?? readTime(/^evt_(\d{12,14})-/.exec(String(frame.id))?.[1]);
  if (created === undefined) {
    created = 0;
    odd.push('created');
  }
  const livemode = frame.livemode === true || frame.livemode === 'true' || frame.livemode === 1;
  if (!livemode && ![undefined, null, false, 'false', 0].includes(/** @type {any} */ (frame.livemode))) odd.push('livemode');
  const data = isObject(frame.data) ? frame.data : {};
  if (!isObject(data.object)) odd.push('data.object');
  const event = { ...frame, created, livemode, data: { ...data, object: isObject(data.object) ? data.object : {} } };
  if (typeof frame.request === 'string') Object.assign(event, { request: { id: frame.request } });
  else if (!isObject(frame.request)) Object.assign(event, { request: undefined });
  return { event: /** @type {PepayEvent} */ (/** @type {unknown} */ (event)), odd };
}

/**
 * Unix time in seconds: from seconds, milliseconds, either of them as text, or RFC 3339, without a zone in UTC.
 *
 * @param {unknown} value
 */
function readTime(value) {
  let seconds = NaN;
  if (typeof value === 'number') seconds = value;
  else if (typeof value !== 'string') return undefined;
  else if (/^\s*\d+(\.\d+)?\s*$/.test(value)) seconds = Number(value);
  else {
    const parts = /^\s*(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?\s*$/i.exec(value);
    if (parts) seconds = Date.parse(`${parts[1]}T${parts[2]}${(parts[3] ?? 'Z').toUpperCase()}`) / 1000;
  }
  if (seconds > 1e11) seconds /= 1000;
  return Number.isFinite(seconds) ? Math.floor(seconds) : undefined;
}

/**
 * Milliseconds that a token has left.
 *
 * @param {any} answer
 * @param {number} serverNow By the Date header: this machine's clock may be wrong.
 */
function readLife(answer, serverNow) {
  if (Number.isFinite(answer?.expires_in)) return answer.expires_in * 1000;
  const end = readTime(answer?.expires_at);
  // Date is cut to whole seconds, so that up to one of them has gone already.
  return end === undefined ? undefined : end * 1000 - serverNow - 1000;
}

/**
 * What an answer without a token means.
 *
 * @param {Response} response
 * @param {number} serverNow
 */
function refusal(response, serverNow) {
  const { status } = response;
  if (response.type === 'opaqueredirect' || status === 401) {
    return new Trouble('refused', 'You are not signed in any more.', { signIn: true });
  }
  if (status === 403) return new Trouble('refused', 'You may not see these events.');
  const floor = retryAfter(response.headers.get('Retry-After'), serverNow);
  if (status === 429) return new Trouble('retry', 'Too many requests for a token.', { floor });
  if (status >= 500 || status === 408) return new Trouble('retry', `No token is available at the moment (${status}).`, { floor });
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
