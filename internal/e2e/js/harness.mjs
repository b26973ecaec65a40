// A world for PepayStream without a browser: time that stands still until it is told
// to go on, sockets that do what the test says, and an endpoint that answers as told.

import assert from 'node:assert/strict';
import { PepayStream } from '../../../examples/dashboard/static/pepay-stream.js';

export const EPOCH = Date.UTC(2026, 0, 1); // what the server's clock shows at the start

/** Lets everything that waits for a promise go on. */
export const settle = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

class Time {
  elapsed = 0;
  jump = 0; // of the wall clock
  asleep = 0; // what the steady clock has missed
  timers = new Map();
  next = 1;

  wall = () => EPOCH + this.elapsed + this.jump;
  steady = () => this.elapsed - this.asleep;
  after = (run, ms) => {
    assert.ok(ms >= 0 && ms < 2 ** 31, `a timer of ${ms} ms`);
    this.timers.set(this.next, { at: this.elapsed + ms, run });
    return this.next++;
  };
  cancel = (id) => this.timers.delete(id);

  /** The machine sleeps: no timer runs, and the steady clock stands still. */
  sleep(ms) {
    this.elapsed += ms;
    this.asleep += ms;
  }

  async advance(ms) {
    const end = this.elapsed + ms;
    for (;;) {
      await settle();
      const due = [...this.timers].filter(([, t]) => t.at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.elapsed = Math.max(this.elapsed, due[1].at);
      due[1].run();
    }
    this.elapsed = end;
    await settle();
  }
}

export class World {
  constructor(options = {}) {
    this.time = new Time();
    this.sockets = [];
    this.states = [];
    this.events = [];
    this.tokens = [];
    this.problems = [];
    this.gaps = [];
    this.controls = [];
    this.requests = []; // when
    this.life = 60;
    this.answer = () => this.token();
    this.minted = 0;
    this.willing = false; // whether connections open by themselves
    const world = this;
    this.stream = new PepayStream({
      tokenURL: '/ws-token',
      clock: this.time,
      random: () => 0.5,
      fetch: async (url, init) => {
        assert.equal(url, '/ws-token');
        assert.equal(init.method, 'POST');
        assert.equal(init.cache, 'no-store');
        assert.equal(init.redirect, 'manual');
        this.requests.push(this.time.elapsed);
        return this.answer(init);
      },
      WebSocket: class {
        constructor(url) {
          if (world.forbid) throw new DOMException('not here', 'SecurityError');
          this.url = new URL(url);
          this.at = world.time.elapsed;
          world.sockets.push(this);
          if (world.willing) queueMicrotask(() => this.open());
        }
        open() {
          this.onopen?.({});
        }
        send(frame) {
          this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
        }
        /** Whatever is no text for JSON: what a browser gives for a binary frame, say. */
        give(data) {
          this.onmessage?.({ data });
        }
        drop(code = 1006, reason = '') {
          this.dropped = true;
          this.onclose?.({ code, reason });
        }
        close(code) {
          this.closedWith = code ?? 0;
        }
      },
      onState: (state, why) => this.states.push([state, why]),
      onEvent: (event) => this.events.push(event.id),
      onToken: (info) => this.tokens.push(info),
      onProblem: (message, { gap }) => {
        this.problems.push(message);
        if (gap) this.gaps.push(message);
      },
      onControl: (frame) => this.controls.push(frame),
      ...options,
    });
  }

  /** The socket that was opened last. */
  get socket() {
    return this.sockets.at(-1);
  }

  get state() {
    return this.stream.state;
  }

  get why() {
    return this.states.at(-1)[1];
  }

  /** Has the next connection open. */
  async reopen() {
    const before = this.sockets.length;
    for (let i = 0; i < 400 && this.sockets.length === before; i++) await this.time.advance(100);
    this.socket.open();
    assert.equal(this.state, 'live');
  }

  /** The dial that follows, as the address asks for it. */
  since(n = -1) {
    return this.sockets.at(n).url.searchParams.get('since');
  }

  serverTime() {
    return EPOCH + this.time.elapsed;
  }

  token(more = {}) {
    this.minted++;
    return this.json(200, {
      token: `token-${this.minted}`,
      scope: 'merchant',
      expires_at: Math.floor(this.serverTime() / 1000) + this.life,
      ws_url: 'wss://pepay.example/ws/merchant/events',
      ...more,
    });
  }

  json(status, body, headers = {}) {
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
      status,
      headers: { 'Content-Type': 'application/json', Date: new Date(this.serverTime()).toUTCString(), ...headers },
    });
  }

  /** Starts, and has the connection open. */
  async live() {
    this.stream.start();
    await settle();
    this.socket.open();
    assert.equal(this.state, 'live');
    return this;
  }
}

export const event = (n, type = 'invoice.updated') => ({
  id: `evt_1766320496000-${n}`,
  object: 'event',
  created: 1766320496,
  type,
  data: { object: { object: 'invoice', id: 'inv_1', status: 'paid' } },
});

export const id = (n) => event(n).id;

/**
 * Gives the code a document and a network, as in a browser, until the test ends. They are one for
 * all tests of a file, which run one after the other.
 */
export function browser(t) {
  const page = new EventTarget();
  const network = new EventTarget();
  Object.assign(globalThis, {
    document: page,
    addEventListener: network.addEventListener.bind(network),
    removeEventListener: network.removeEventListener.bind(network),
  });
  t.after(() => {
    for (const name of ['document', 'addEventListener', 'removeEventListener']) delete globalThis[name];
  });
  page.hidden = false;
  return {
    online: () => network.dispatchEvent(new Event('online')),
    show: (visible) => {
      page.hidden = !visible;
      page.dispatchEvent(new Event('visibilitychange'));
    },
  };
}
