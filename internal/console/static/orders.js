// Orders, and what a retailer would do with them.

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
import { shortId } from './words.js';

/** @typedef {import('./listview.js').Tools} Tools */
/** @typedef {import('./listview.js').Detail} Detail */
/** @typedef {import('./changes.js').Change} Change */

const SHOWN = ['orderId', 'status', 'substatus', 'totalAmountUsd', 'total', 'customerId', 'retailer', 'createdAt', 'refundStatus'];

/** What a person calls the transitions that Pepay names. */
const LABELS = new Map([
  ['payment_confirmed', 'Confirm the payment'],
  ['payment_settled', 'Settle the payment'],
  ['placed', 'Place'],
  ['shipped', 'Ship'],
  ['delivery_confirmed', 'Deliver'],
  ['failed', 'Fail'],
  ['cancelled', 'Cancel'],
  ['refunded', 'Refund'],
]);

/** @param {Tools} tools */
export function ordersView(tools) {
  return new ListView(tools, {
    view: 'orders',
    kind: 'order',
    title: 'Orders',
    searches: 'id, customer, status',
    empty: 'There is no order yet. One appears here when a checkout makes its invoice.',
    pick: (raw) => Object.fromEntries(SHOWN.filter((name) => name in raw).map((name) => [name, raw[name]])),
    key: (order) => order.orderId,
    one: async (id) => (await tools.api.get(`orders/${encodeURIComponent(id)}`)).order,
    content: (order) => [
      make('span', { class: 'lead-line' }, make('b', {}, amountOf(order) || '–'), ' ', makeStatus(order)),
      make('span', { class: 'sub-line' }, make('code', { title: order.orderId }, shortId(order.orderId)), make('span', { class: 'name' }, [order.retailer, order.customerId].filter(Boolean).join(' · ')), makeDate(order.createdAt)),
    ],
    open: (id) => new OrderDetail(tools, id),
  });
}

/** @implements {Detail} */
class OrderDetail {
  element;
  #tools;
  #id;
  #headline = new Headline('Order');
  #loader;
  #facts = make('div', {});
  #actions;
  #carrier = make('input', { type: 'text', placeholder: 'UPS', autocomplete: 'off' });
  #tracking = make('input', { type: 'text', placeholder: '1Z999AA10123456784', autocomplete: 'off' });
  #items = makeSection('Items');
  #shipments = makeSection('Shipments');
  #timeline = makeSection('Timeline');
  #events;
  #calls;
  #json = make('div', {});

  /**
   * @param {Tools} tools
   * @param {string} id
   */
  constructor(tools, id) {
    this.#tools = tools;
    this.#id = id;
    this.#events = new Events(tools);
    this.#calls = new Calls(tools.api);
    this.#loader = new Loader(() => tools.api.getText(`orders/${encodeURIComponent(id)}`), ({ data, text }) => this.#show(data, text));
    const shipping = make('fieldset', { class: 'fields' }, make('legend', {}, 'Ship and deliver with'), make('label', {}, 'Carrier ', this.#carrier), make('label', {}, 'Tracking number ', this.#tracking));
    this.#actions = new Actions(tools, shipping);
    this.element = make(
      'div',
      {},
      this.#headline.element,
      this.#loader.element,
      this.#facts,
      make('section', {}, make('h3', {}, 'As Pepay and the retailer'), this.#actions.element),
      this.#items.element,
      this.#shipments.element,
      this.#timeline.element,
      make('section', {}, make('h3', {}, 'Events'), this.#events.element),
      make('section', {}, make('h3', {}, 'API calls'), this.#calls.element),
      make('details', {}, make('summary', {}, 'As REST answers it'), this.#json),
    );
  }

  /** @param {Change[]} changes */
  changed(changes) {
    if (changes.some(({ kind }) => kind === 'event')) this.#actions.arrived();
    if (changes.some(({ kind, id }) => (kind === 'order' && id === this.#id) || kind === 'clock')) this.load();
  }

  load() {
    void this.#loader.load();
  }

  /**
   * @param {any} data
   * @param {string} text The answer that the data is from.
   */
  #show(data, text) {
    const { order, invoice } = data;
    const { timeline, events, requests, actions } = known(data);
    this.#headline.show(`Order ${amountOf(order)}`, makeStatus({ status: order.status }));
    const paidBy = order.invoiceId ?? invoice?.id;
    fill(this.#facts, [
      makeFacts([
        ['Id', make('span', {}, make('code', {}, order.orderId), ' ', makeCopy('Copy', () => order.orderId, this.#tools.say))],
        ['Invoice', paidBy && make('span', {}, make('a', { href: routeTo('invoices', paidBy) }, make('code', {}, paidBy)), ' ', invoice && makeStatus(invoice))],
        ['Substatus', order.substatus],
        ['Customer', order.customerId],
        ['Retailer', order.retailer],
        ['Payment', order.payment?.status && [order.payment.status, order.payment.settlement?.status && `settlement ${order.payment.settlement.status}`].filter(Boolean).join(', ')],
        ['Refund', order.refund?.status && order.refund.status !== 'NONE' && order.refund.status],
        ['Created', makeDate(order.createdAt)],
        ['Environment', order.networkEnvironment],
      ]),
    ]);
    this.#actions.show(actions.map((action) => this.#action(action)));
    const items = order.lineItems ?? [];
    const shipments = order.fulfillment?.shipments ?? [];
    fill(this.#items.content, [items.length ? make('ul', { class: 'plain' }, ...items.map(makeItem)) : makeNone('No items.')]);
    fill(this.#shipments.content, [shipments.length ? make('ul', { class: 'plain' }, ...shipments.map(makeShipment)) : makeNone('Not shipped yet.')]);
    fill(this.#timeline.content, [makeTimeline(timeline.length ? timeline : (order.timeline ?? []).map((/** @type {any} */ step) => ({ at: step.timestamp, ...step })))]);
    this.#events.show(events);
    this.#calls.show(requests);
    fill(this.#json, [makeText('The order as REST answers it', layOut(memberText(text, ['data', 'order'])))]);
  }

  /** @param {any} action */
  #action({ name, label, event, enabled, why, needs }) {
    const run = () => this.#tools.api.post(`orders/${encodeURIComponent(this.#id)}/${name}`, needs?.includes('tracking') || name === 'shipped' || name === 'delivery_confirmed' ? this.#withTracking() : {});
    return { key: name, label: LABELS.get(name) ?? label ?? name, events: event, enabled, why, run };
  }

  #withTracking() {
    const carrier = this.#carrier.value.trim();
    const number = this.#tracking.value.trim();
    return carrier || number ? { tracking: { ...(carrier && { carrier }), ...(number && { trackingNumber: number }) } } : {};
  }
}

/** @param {any} item */
const makeItem = (item) => make('li', {}, `${item.quantity ?? 1} × ${item.title ?? item.productId} `, make('span', { class: 'none' }, item.price ? amountOf({ amount_usd: item.price }) : ''));

/** @param {any} shipment */
const makeShipment = (shipment) => make('li', {}, [shipment.carrier, shipment.trackingNumber, shipment.deliveryStatus].filter(Boolean).join(' · '));
