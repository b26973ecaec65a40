// One search over invoices, orders and requests.

import { make } from './dom.js';
import { PanelView } from './panelview.js';
import { fill, makeNone, makeStatus } from './parts.js';
import { amountOf } from './resource.js';
import { routeTo } from './router.js';
import { shortId } from './words.js';

/** @typedef {import('./listview.js').Tools} Tools */
/** @typedef {import('./router.js').Route} Route */

const SHOWN = 5; // of each kind
const TYPING = 250; // milliseconds

const KINDS = [
  { view: 'invoices', title: 'Invoices', make: (/** @type {any} */ item) => link('invoices', item.id, shortId(item.id), [amountOf(item), item.customer_id], makeStatus(item)) },
  { view: 'orders', title: 'Orders', make: (/** @type {any} */ item) => link('orders', item.orderId, shortId(item.orderId), [amountOf(item), item.customerId], makeStatus({ status: item.status })) },
  { view: 'requests', title: 'Requests', make: (/** @type {any} */ item) => link('requests', String(item.number), `#${item.number}`, [item.method, item.path, item.status || 'cut']) },
];

/** @param {Tools} tools */
export function searchView(tools) {
  let words = '';
  /** @type {any} */
  let typing = null;
  const input = make('input', { type: 'search', 'aria-label': 'Search everything', placeholder: 'An id, a customer, a status, a path', spellcheck: 'false', autocomplete: 'off', input: typed });
  const found = make('div', { class: 'found' });
  const view = new PanelView(
    'Search',
    [],
    async () => {
      const search = words;
      return search ? { search, pages: await Promise.all(KINDS.map((kind) => tools.api.get(kind.view, { limit: SHOWN, search }))) } : null;
    },
    (answer) => {
      fill(found, answer ? KINDS.map((kind, i) => makeGroup(kind, answer.pages[i], answer.search)) : []);
      const n = answer ? answer.pages.reduce((/** @type {number} */ sum, /** @type {any} */ page) => sum + page.items.length, 0) : 0;
      if (answer) tools.say(n ? `${n} found.` : 'Nothing found.');
    },
  );
  view.content.append(input, found);
  return Object.assign(view, {
    /** @param {Route} route */
    show({ search }) {
      if (document.activeElement !== input) input.value = search;
      if (search === words && found.childElementCount) return;
      words = search;
      view.reload();
    },
  });

  function typed() {
    clearTimeout(typing);
    typing = setTimeout(() => location.replace(routeTo('search', '', input.value.trim())), TYPING);
  }
}

/**
 * @param {typeof KINDS[number]} kind
 * @param {{items: any[], more: boolean}} page
 * @param {string} search
 */
function makeGroup(kind, { items, more }, search) {
  return make(
    'section',
    {},
    make('h3', {}, kind.title),
    items.length ? make('ul', { class: 'plain' }, ...items.map(kind.make)) : makeNone('None.'),
    more && make('p', {}, make('a', { href: routeTo(kind.view, '', search) }, `All ${kind.title.toLowerCase()} that have it`)),
  );
}

/**
 * @param {string} view
 * @param {string} id
 * @param {string} name
 * @param {unknown[]} words
 * @param {Node | false} [badge]
 */
const link = (view, id, name, words, badge = false) => make('li', { class: 'line' }, make('a', { href: routeTo(view, id) }, make('code', {}, name)), make('span', { class: 'grow' }, words.filter(Boolean).join(' · ')), badge);
