// Invoices, and what a payor would do with them.

import { Actions } from './actions.js';
import { Headline, Loader } from './detail.js';
import { make } from './dom.js';
import { layOut } from './json.js';
import { ListView } from './listview.js';
import { memberText } from './member.js';
import { fill, known, makeCopy, makeDate, makeFacts, makeNone, makeSection, makeStatus, makeText, makeTimeline } from './parts.js';
import { amountOf } from './resource.js';
import { routeTo } from './router.js';
import { Calls, Events } from './trail.js';
import { dateOf, millisOf, shortId } from './words.js';

/** @typedef {import('./listview.js').Tools} Tools */
/** @typedef {import('./listview.js').Detail} Detail */
/** @typedef {import('./changes.js').Change} Change */

const SHOWN = ['id', 'status', 'amount', 'amount_decimal', 'amount_paid', 'amount_paid_decimal', 'amount_unit', 'currency', 'customer_id', 'created_at', 'invoice_type', 'commerce_order_id'];

/** @param {Tools} tools */
export function invoicesView(tools) {
  return new ListView(tools, {
    view: 'invoices',
    kind: 'invoice',
    title: 'Invoices',
    searches: 'id, customer, status',
    empty: 'There is no invoice yet. Create one with POST /api/v1/invoices or “pepay invoices create”, and it appears here.',
    pick: (raw) => Object.fromEntries(SHOWN.filter((name) => name in raw).map((name) => [name, raw[name]])),
    key: (invoice) => invoice.id,
    one: async (id) => (await tools.api.get(`invoices/${encodeURIComponent(id)}`)).invoice,
    content: (invoice) => [
      make('span', { class: 'lead-line' }, make('b', {}, amountOf(invoice) || '–'), ' ', makeStatus(invoice)),
      make('span', { class: 'sub-line' }, make('code', { title: invoice.id }, shortId(invoice.id)), invoice.customer_id ? ` ${invoice.customer_id}` : '', invoice.commerce_order_id ? ' · order' : '', ' ', makeDate(invoice.created_at)),
    ],
    open: (id) => new InvoiceDetail(tools, id),
  });
}

/** @implements {Detail} */
class InvoiceDetail {
  element;
  #tools;
  #id;
  #headline = new Headline('Invoice');
  #facts = make('div', {});
  #loader;
  #actions;
  #amount;
  #unpayable = makeNone('');
  #timeline = makeSection('Timeline');
  #payments = makeSection('Payments');
  #events;
  #calls;
  #json = make('div', {});
  /** @type {any} */
  #invoice = null;

  /**
   * @param {Tools} tools
   * @param {string} id
   */
  constructor(tools, id) {
    this.#tools = tools;
    this.#id = id;
    this.#events = new Events(tools);
    this.#calls = new Calls(tools.api);
    this.#loader = new Loader(() => tools.api.getText(`invoices/${encodeURIComponent(id)}`), ({ data, text }) => this.#show(data, text));
    this.#amount = make('input', {
      type: 'text',
      inputmode: 'decimal',
      placeholder: '12.50',
      'aria-label': 'Another amount, in dollars',
      autocomplete: 'off',
      input: () => this.#showActions(),
      keydown: (/** @type {KeyboardEvent} */ event) => event.key === 'Enter' && void this.#actions.run('own'),
    });
    this.#actions = new Actions(tools, make('label', { class: 'amount' }, 'Another amount: $ ', this.#amount));
    this.element = make(
      'div',
      {},
      this.#headline.element,
      this.#loader.element,
      this.#facts,
      make('section', {}, make('h3', {}, 'As the payor'), this.#unpayable, this.#actions.element),
      this.#timeline.element,
      this.#payments.element,
      make('section', {}, make('h3', {}, 'Events'), this.#events.element),
      make('section', {}, make('h3', {}, 'API calls'), this.#calls.element),
      make('details', {}, make('summary', {}, 'As REST answers it'), this.#json),
    );
  }

  /** @param {Change[]} changes */
  changed(changes) {
    if (changes.some(({ kind }) => kind === 'event')) this.#actions.arrived();
    if (changes.some(({ kind, id }) => (kind === 'invoice' && id === this.#id) || kind === 'clock')) this.load();
  }

  load() {
    void this.#loader.load();
  }

  /**
   * @param {any} data
   * @param {string} text The answer that the data is from.
   */
  #show(data, text) {
    const { invoice } = data;
    const { details, payments, timeline, events, requests, actions } = known(data);
    this.#invoice = { ...invoice, actions };
    const pay = actions.find((action) => action.name === 'pay');
    /** @type {HTMLElement} */ (this.#amount.parentElement).hidden = !pay?.enabled;
    this.#unpayable.hidden = !pay || pay.enabled;
    fill(this.#unpayable, [`Nothing can be paid: ${pay?.why ?? ''}.`]);
    this.#headline.show(`${details.title || 'Invoice'} ${amountOf(invoice)}`, makeStatus(invoice));
    const order = invoice.commerce_order_id;
    fill(this.#facts, [
      makeFacts([
        ['Id', make('span', {}, make('code', {}, invoice.id), ' ', makeCopy('Copy', () => invoice.id, this.#tools.say))],
        ['Paid', invoice.amount_paid ? moneyOf(invoice.amount_paid, invoice) : ''],
        ['Remaining', invoice.amount_remaining ? moneyOf(invoice.amount_remaining, invoice) : ''],
        ['Customer', invoice.customer_id],
        ['Email', details.customer_email],
        ['Description', details.description],
        ['Order', order ? make('a', { href: routeTo('orders', order) }, order) : ''],
        ['Created', makeDate(invoice.created_at)],
        ['Expires', invoice.status === 'paid' || !invoice.expires_at ? '' : makeDate(invoice.expires_at)],
        ['Paid at', invoice.paid_at ? makeDate(invoice.paid_at) : ''],
        ['Environment', invoice.environment],
      ]),
    ]);
    this.#showActions();
    fill(this.#timeline.content, [makeTimeline(timeline)]);
    fill(this.#payments.content, [payments.length ? make('ul', { class: 'plain' }, ...payments.map(makePayment)) : makeNone('No payment yet.')]);
    this.#events.show(events);
    this.#calls.show(requests);
    fill(this.#json, [makeText('The invoice as REST answers it', layOut(memberText(text, ['data', 'invoice'])))]);
  }

  #showActions() {
    if (!this.#invoice) return;
    this.#actions.show(this.#invoice.actions.flatMap((/** @type {any} */ action) => (action.name === 'pay' ? this.#paymentActions(action) : [this.#action(action, action.name, action.label, {})])));
  }

  /**
   * Paying is three buttons, and a fourth when an amount has been written; none where nothing can be paid.
   *
   * @param {any} action
   */
  #paymentActions(action) {
    if (!action.enabled) return [];
    const left = this.#invoice.amount_remaining ?? this.#invoice.amount ?? 0;
    const little = Math.max(1, Math.floor(left / 2 / 10) * 10);
    const much = left + Math.max(10, Math.round(left / 100) * 10);
    const own = millisOf(this.#amount.value);
    return [
      this.#action(action, 'exact', `Pay exactly ${moneyOf(left, this.#invoice)}`, {}),
      this.#action(action, 'little', `Pay too little, ${moneyOf(little, this.#invoice)}`, { millis: little }),
      this.#action(action, 'much', `Pay too much, ${moneyOf(much, this.#invoice)}`, { millis: much }),
      ...(own ? [this.#action(action, 'own', `Pay ${moneyOf(own, this.#invoice)}`, { millis: own })] : []),
    ];
  }

  /**
   * @param {any} action
   * @param {string} key
   * @param {string} label
   * @param {object} body
   */
  #action({ name, event, enabled, why }, key, label, body) {
    const run = () => this.#tools.api.post(`invoices/${encodeURIComponent(this.#id)}/${name}`, body);
    return { key, label, events: event, enabled, why, run };
  }
}

/**
 * @param {number} millis
 * @param {any} invoice
 */
const moneyOf = (millis, { currency }) => amountOf({ amount: millis, amount_unit: 'usd_millis', currency });

/** @param {any} payment */
function makePayment(payment) {
  const at = payment.created_at ?? payment.at;
  const { settlement } = payment;
  return make(
    'li',
    {},
    make('b', {}, amountOf(payment) || (typeof payment.millis === 'number' ? moneyOf(payment.millis, payment) : '')),
    ' ',
    makeStatus(payment),
    ' ',
    make('code', { title: payment.id }, shortId(String(payment.id ?? ''))),
    settlement?.network ? ` on ${settlement.network}` : '',
    Number.isNaN(dateOf(at).getTime()) ? false : make('span', { class: 'when' }, makeDate(at)),
  );
}
