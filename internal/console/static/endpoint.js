// One webhook endpoint and its deliveries, and one delivery with its attempts.

import { Actions } from './actions.js';
import { Collection } from './collection.js';
import { Headline, Loader } from './detail.js';
import { make } from './dom.js';
import { attempt, makeRefusal } from './panelview.js';
import { bodyText, fill, makeDate, makeFacts, makeNone, makeSecret, makeText } from './parts.js';
import { Rows } from './rows.js';
import { routeTo } from './router.js';
import { durationOf } from './words.js';

/** @typedef {import('./listview.js').Tools} Tools */
/** @typedef {import('./listview.js').Detail} Detail */
/** @typedef {import('./changes.js').Change} Change */

/** @type {Record<string, string>} */
const TONES = { delivered: 'good', pending: 'open', 'given up': 'bad', dropped: 'bad' };

/** Stands for the address of the receiver that is built in. */
export const RECEIVER = 'receiver';

/** @param {{url: string}} endpoint */
export const nameOf = ({ url }) => (url === RECEIVER ? 'Built-in receiver' : url);

/** @param {string} state */
const makeState = (state) => make('span', { class: `pill ${TONES[state] ?? 'open'}` }, state);

/** @implements {Detail} */
export class EndpointDetail {
  element;
  #tools;
  #path;
  #headline = new Headline('Endpoint');
  #facts = make('div', {});
  #secret = make('div', {});
  #refusal = makeRefusal();
  #actions;
  #loader;
  #things;
  #rows;
  #empty = makeNone('Nothing was delivered yet. A ping is delivered at once.');
  #end;
  #left;
  #gone = false;

  /**
   * @param {Tools} tools
   * @param {string} number
   * @param {() => void} left The endpoint has changed, or is gone.
   */
  constructor(tools, number, left) {
    this.#tools = tools;
    this.#path = `webhooks/${number}`;
    this.#left = left;
    this.#actions = new Actions(tools);
    this.#loader = new Loader(
      async () => (await tools.api.get('webhooks')).items.find((/** @type {any} */ item) => String(item.number) === number),
      (endpoint) => this.#show(endpoint),
    );
    this.#things = new Collection({ load: (query) => tools.api.get(`${this.#path}/deliveries`, query), pick: summary, key: (delivery) => String(delivery.number), onUpdate: (fresh) => this.#update(fresh) });
    this.#rows = new Rows({
      label: 'Deliveries',
      key: (delivery) => String(delivery.number),
      href: (delivery) => routeTo('webhooks', `${number}/${delivery.number}`),
      content: (delivery) => [
        make('span', { class: 'lead-line' }, make('span', { class: 'name' }, delivery.type), makeState(delivery.state)),
        make('span', { class: 'sub-line' }, make('code', { class: 'name' }, delivery.event_id), make('span', {}, attemptWords(delivery))),
      ],
      onEnd: () => void this.#things.next(),
    });
    this.#end = make('button', { type: 'button', click: () => void this.#act(() => tools.api.post(`${this.#path}/end_rotation`)) }, 'End the rotation');
    const buttons = make(
      'div',
      { class: 'row' },
      make('button', { type: 'button', click: () => void this.#rotate() }, 'Rotate the secret'),
      this.#end,
      make('button', { type: 'button', click: () => void this.#remove() }, 'Remove'),
    );
    this.element = make('div', { class: 'tall' }, this.#headline.element, this.#loader.element, this.#facts, this.#actions.element, buttons, this.#refusal, this.#secret, make('h3', {}, 'Deliveries'), this.#empty, this.#rows.element);
  }

  /** @param {Change[]} changes */
  changed(changes) {
    if (changes.some(({ kind }) => kind === 'event')) this.#actions.arrived();
    if (this.#gone || !changes.some(({ kind }) => kind === 'delivery')) return;
    void this.#things.refresh([]);
    void this.#loader.load();
  }

  load() {
    void this.#loader.load();
    if (!this.#gone) void this.#things.reload();
  }

  /** @param {any} endpoint */
  #show(endpoint) {
    this.#gone = !endpoint;
    for (const part of this.element.children) if (part instanceof HTMLElement && part !== this.#headline.element) part.toggleAttribute('data-gone', this.#gone);
    if (!endpoint) {
      this.#headline.show('This endpoint was removed');
      return;
    }
    this.#headline.show(nameOf(endpoint));
    this.#end.hidden = !endpoint.rotating;
    fill(this.#facts, [
      makeFacts([
        ['Number', String(endpoint.number)],
        ['Event types', endpoint.events?.length ? endpoint.events.join(', ') : 'all'],
        ['Environment', endpoint.environment || 'both'],
        ['Secret', `${endpoint.secret_last4 ? `…${endpoint.secret_last4}` : 'too short to show its end'}${endpoint.rotating ? ', and the one before' : ''}`],
        ['Pending', String(endpoint.pending ?? 0)],
        ['Its checks', endpoint.url === RECEIVER && make('a', { href: routeTo('webhooks', RECEIVER) }, 'What it got')],
      ]),
    ]);
    this.#actions.show([{ key: 'ping', label: 'Ping', events: 'test.ping', enabled: true, run: () => this.#tools.api.post(`${this.#path}/ping`) }]);
  }

  /** @param {Set<string>} fresh */
  #update(fresh) {
    const { items, more, error } = this.#things;
    this.#rows.show(items, more, fresh);
    this.#rows.element.hidden = items.length === 0;
    this.#empty.hidden = items.length > 0;
    if (error) this.#empty.textContent = error;
  }

  /** @param {() => Promise<unknown>} run */
  async #act(run) {
    const done = await attempt(this.#refusal, run);
    this.#left();
    return done;
  }

  #rotate() {
    return this.#act(async () => {
      const { secret } = await this.#tools.api.post(`${this.#path}/rotate`);
      fill(this.#secret, [makeSecret(secret, this.#tools.say)]);
      this.#tools.say('The secret was rotated. Both sign until the rotation is ended.');
    });
  }

  async #remove() {
    this.#gone = true; // the change that tells it may come before the answer
    if (await this.#act(() => this.#tools.api.remove(this.#path))) location.hash = routeTo('webhooks');
    else this.#gone = false;
  }
}

/** @param {any} raw */
function summary({ number, event_id, type, state, attempts }) {
  const last = attempts?.at(-1);
  return { number, event_id, type, state, attempts: attempts?.length ?? 0, status: last?.status ?? 0, duration: last?.duration_us };
}

/** @param {ReturnType<typeof summary>} delivery */
const attemptWords = ({ attempts, status, duration }) => (attempts ? [attempts > 1 && `${attempts} attempts`, status || 'no answer', durationOf(duration)].filter(Boolean).join(' · ') : 'not tried yet');

/** @implements {Detail} */
export class DeliveryDetail {
  element;
  #headline = new Headline('Delivery');
  #facts = make('div', {});
  #attempts = make('ol', { class: 'plain boxes' });
  #refusal = makeRefusal();
  #again;
  #loader;
  #event = '';

  /**
   * @param {Tools} tools
   * @param {string} endpoint
   * @param {string} number
   */
  constructor(tools, endpoint, number) {
    this.#loader = new Loader(
      () => findDelivery(tools, `webhooks/${endpoint}/deliveries`, Number(number)),
      (delivery) => this.#show(delivery),
    );
    const again = make(
      'button',
      {
        type: 'button',
        click: () =>
          void attempt(this.#refusal, async () => {
            await tools.api.post(`webhooks/${endpoint}/redeliver`, { event_id: this.#event });
            this.#again.hidden = false;
            tools.say('The event is delivered again.');
          }),
      },
      'Deliver again',
    );
    this.#again = make('span', { class: 'none', hidden: true }, 'It is delivered again: ', make('a', { href: routeTo('webhooks', endpoint) }, 'see the deliveries'), '.');
    this.element = make('div', {}, this.#headline.element, this.#loader.element, this.#facts, make('div', { class: 'row' }, again, this.#again), this.#refusal, make('section', {}, make('h3', {}, 'Attempts'), this.#attempts));
  }

  /** @param {Change[]} changes */
  changed(changes) {
    if (changes.some(({ kind }) => kind === 'delivery')) this.load();
  }

  load() {
    void this.#loader.load();
  }

  /** @param {any} delivery */
  #show(delivery) {
    this.#event = delivery.event_id;
    this.#headline.show(delivery.type, makeState(delivery.state));
    fill(this.#facts, [makeFacts([['Event', make('code', {}, delivery.event_id)], ['Delivery', `#${delivery.number}`]])]);
    const attempts = delivery.attempts ?? [];
    fill(this.#attempts, attempts.length ? attempts.map(makeAttempt) : [make('li', { class: 'bare' }, makeNone('Not tried yet.'))]);
  }
}

const PAGES = 20; // of the list are looked through

/**
 * @param {Tools} tools
 * @param {string} path Of the deliveries, which are listed the newest first.
 * @param {number} number
 */
async function findDelivery(tools, path, number) {
  let before;
  for (let i = 0; i < PAGES; i++) {
    const { items, more } = await tools.api.get(path, { limit: 100, before });
    const found = items.find((/** @type {any} */ item) => item.number === number);
    if (found) return found;
    before = items.at(-1)?.number;
    if (!more || before === undefined || before < number) break;
  }
  throw new Error('This delivery is not kept any more.');
}

/**
 * @param {any} attempt
 * @param {number} i
 */
function makeAttempt({ at, status, error, duration_us: took, answer }, i) {
  const good = status >= 200 && status < 300;
  return make(
    'li',
    {},
    make('div', { class: 'line' }, make('b', {}, `Attempt ${i + 1}`), make('span', { class: `pill ${good ? 'good' : 'bad'}` }, status ? String(status) : 'no answer'), make('span', { class: 'grow took' }, durationOf(took)), makeDate(at)),
    error && make('p', { class: 'problem' }, error),
    answer && makeText(`Answer to attempt ${i + 1}`, bodyText(answer)),
  );
}
