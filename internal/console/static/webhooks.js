// Webhook endpoints, what was delivered to them, and the receiver that is built in.

import { make } from './dom.js';
import { Loader } from './detail.js';
import { DeliveryDetail, EndpointDetail, nameOf, RECEIVER } from './endpoint.js';
import { attempt, makeRefusal } from './panelview.js';
import { fill, makeNone, makeSecret } from './parts.js';
import { ReceiverDetail } from './receiver.js';
import { routeTo } from './router.js';

/** @typedef {import('./listview.js').Tools} Tools */
/** @typedef {import('./listview.js').View} View */
/** @typedef {import('./listview.js').Detail} Detail */
/** @typedef {import('./changes.js').Change} Change */
/** @typedef {import('./router.js').Route} Route */

/** @implements {View} */
export class WebhooksView {
  element;
  #tools;
  #loader;
  #list = make('ul', { class: 'plain endpoints' });
  #receive = make('button', { type: 'button', click: () => void this.#add({ url: RECEIVER }) }, 'Add the built-in receiver');
  #url = make('input', { type: 'url', required: true, placeholder: 'http://127.0.0.1:8080/webhooks', autocomplete: 'off' });
  #types = make('input', { type: 'text', placeholder: 'all, or invoice.*, commerce.order.updated', autocomplete: 'off', spellcheck: 'false' });
  #own = make('input', { type: 'password', placeholder: 'left empty, one is made', autocomplete: 'off', spellcheck: 'false' });
  #refusal = makeRefusal();
  #secret = make('div', {});
  #side = make('div', { class: 'side' });
  /** @type {Detail | null} */
  #detail = null;
  #id = '';
  #due = true; // something has changed while it was not seen

  /** @param {Tools} tools */
  constructor(tools) {
    this.#tools = tools;
    this.#loader = new Loader(
      () => tools.api.get('webhooks'),
      (data) => this.#show(data?.items ?? []),
    );
    const form = make(
      'form',
      { class: 'stack', submit: (/** @type {SubmitEvent} */ event) => void this.#submitted(event) },
      make('h3', {}, 'Add an endpoint'),
      make('label', {}, 'Address ', this.#url),
      make('label', {}, 'Event types ', this.#types),
      make('label', {}, 'Signing secret, optional ', this.#own),
      make('div', { class: 'row' }, make('button', { type: 'submit' }, 'Add'), this.#receive),
      this.#refusal,
      this.#secret,
    );
    this.element = make(
      'div',
      { class: 'split', keydown: (/** @type {KeyboardEvent} */ event) => event.key === 'Escape' && this.#id && (location.hash = routeTo('webhooks')) },
      make('section', { class: 'list panel', 'aria-label': 'Webhook endpoints' }, make('div', { class: 'title-row' }, make('h2', {}, 'Webhook endpoints')), make('div', { class: 'scroll plain-scroll' }, this.#loader.element, this.#list, form)),
      this.#side,
    );
  }

  /**
   * @param {Route} route
   * @param {boolean} first
   */
  show({ id }, first) {
    this.element.toggleAttribute('data-open', id !== '');
    if (this.#due) this.reload();
    if (id === this.#id && this.#side.childElementCount) return;
    this.#id = id;
    this.#mark();
    if (!id) {
      this.#detail = null;
      this.#side.replaceChildren(make('p', { class: 'empty hint' }, 'Choose one to see what was delivered to it.'));
      return;
    }
    const [endpoint, delivery] = id.split('/');
    this.#detail = endpoint === RECEIVER ? new ReceiverDetail(this.#tools) : delivery ? new DeliveryDetail(this.#tools, endpoint, delivery) : new EndpointDetail(this.#tools, endpoint, () => this.reload());
    const back = delivery ? routeTo('webhooks', endpoint) : routeTo('webhooks');
    const close = make('a', { class: 'close', href: back, 'aria-label': delivery ? 'Close, back to the deliveries' : 'Close, back to the endpoints' }, delivery ? 'Deliveries' : 'Close');
    this.#side.replaceChildren(make('article', { class: 'detail panel' }, close, this.#detail.element));
    this.#detail.load();
    const heading = this.#detail.element.querySelector('h2');
    heading?.setAttribute('tabindex', '-1');
    if (!first) heading?.focus({ preventScroll: true });
  }

  /** @param {Change[]} changes */
  changed(changes) {
    if (this.element.hidden) {
      this.#due ||= changes.some(concerns);
      return;
    }
    this.#detail?.changed(changes);
    if (changes.some(concerns)) void this.#loader.load();
  }

  reload() {
    this.#due = this.element.hidden;
    if (this.#due) return;
    void this.#loader.load();
    this.#detail?.load();
  }

  /** @param {any[]} endpoints */
  #show(endpoints) {
    const receives = endpoints.some(({ url }) => url === RECEIVER);
    this.#receive.hidden = receives;
    fill(this.#list, endpoints.length ? endpoints.map(makeEndpoint) : [make('li', { class: 'bare' }, makeNone('There is no endpoint yet. The built-in receiver shows how a signature is checked.'))]);
    if (receives) this.#list.append(make('li', {}, make('a', { href: routeTo('webhooks', RECEIVER), 'data-id': RECEIVER }, make('b', {}, 'What the receiver got'), make('span', { class: 'sub-line' }, 'each signature check, step by step'))));
    this.#mark();
  }

  #mark() {
    for (const link of this.#list.querySelectorAll('a')) {
      if (link.dataset.id === this.#id.split('/')[0]) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  }

  /** @param {SubmitEvent} event */
  async #submitted(event) {
    event.preventDefault();
    const events = this.#types.value.split(/[\s,]+/).filter((type) => type && type !== 'all');
    const endpoint = { url: this.#url.value.trim(), events, secret: this.#own.value };
    if (await this.#add(endpoint)) this.#url.value = this.#types.value = this.#own.value = '';
  }

  /** @param {{url: string, events?: string[], secret?: string}} endpoint */
  async #add(endpoint) {
    fill(this.#secret, []);
    const added = await attempt(this.#refusal, async () => {
      const { secret } = await this.#tools.api.post('webhooks', endpoint);
      if (secret && endpoint.url !== RECEIVER) fill(this.#secret, [makeSecret(secret, this.#tools.say)]);
      this.#tools.say('The endpoint was added.');
    });
    void this.#loader.load();
    return added;
  }
}

/** @param {Change} change */
const concerns = ({ kind }) => kind === 'delivery' || kind === 'receiver';

/** @param {any} endpoint */
function makeEndpoint(endpoint) {
  const { number, url, events, pending, rotating } = endpoint;
  return make(
    'li',
    {},
    make(
      'a',
      { href: routeTo('webhooks', String(number)), 'data-id': number },
      make('span', { class: 'lead-line' }, make('b', { class: 'name', title: url }, nameOf(endpoint)), pending ? make('span', { class: 'pill open' }, `${pending} pending`) : ''),
      make('span', { class: 'sub-line' }, [events?.length ? events.join(', ') : 'all events', rotating && 'secret is rotating'].filter(Boolean).join(' · ')),
    ),
  );
}
