// The page: the simulator as it is now, and what can be done with it.

import { Announcer } from './announcer.js';
import { Api } from './api.js';
import { Changes } from './changes.js';
import { clockView } from './clock.js';
import { make } from './dom.js';
import { faultsView } from './faults.js';
import { invoicesView } from './invoices.js';
import { ordersView } from './orders.js';
import { requestsView } from './requests.js';
import { readRoute, routeTo } from './router.js';
import { searchView } from './search.js';
import { streamsView } from './streams.js';
import { WebhooksView } from './webhooks.js';
import { offsetWords } from './words.js';

/** @typedef {import('./listview.js').View} View */
/** @typedef {import('./listview.js').Tools} Tools */
/** @typedef {import('./changes.js').LiveState} LiveState */

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @type {Record<string, {title: string, make: (tools: Tools) => View}>} */
const VIEWS = {
  invoices: { title: 'Invoices', make: invoicesView },
  orders: { title: 'Orders', make: ordersView },
  requests: { title: 'Requests', make: requestsView },
  webhooks: { title: 'Webhooks', make: (tools) => new WebhooksView(tools) },
  streams: { title: 'Streams', make: streamsView },
  faults: { title: 'Faults', make: faultsView },
  clock: { title: 'Clock', make: clockView },
  search: { title: 'Search', make: searchView },
};
const FIRST = 'invoices';
const SEEN = 1000; // ids of events

const meta = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name=pepaytest-token]'));
const api = new Api(meta.content, new URL('../_pepaytest/', location.href.split('#')[0]));
meta.remove(); // it is not to be seen where the page is looked at, and saved

const announcer = new Announcer(byId('announcer'));
/** @type {Set<string>} */
const seen = new Set();
/** @type {Tools} */
const tools = { api, say: (words) => announcer.say(words), arrived: (id) => seen.has(id) };

const main = byId('main');
/** @type {Map<string, View>} */
const views = new Map();
let shown = '';

for (const [name, { title }] of Object.entries(VIEWS)) byId('tabs').append(make('li', {}, make('a', { href: routeTo(name), 'data-view': name }, title)));

/** Shows what the address names. */
function route() {
  const to = readRoute(location.hash);
  if (!(to.view in VIEWS)) {
    location.replace(routeTo(FIRST));
    return;
  }
  let view = views.get(to.view);
  if (!view) {
    view = VIEWS[to.view].make(tools);
    views.set(to.view, view);
    main.append(view.element);
  }
  for (const [name, { element }] of views) element.hidden = name !== to.view;
  for (const link of document.querySelectorAll('#tabs a')) {
    const current = link instanceof HTMLElement && link.dataset.view === to.view;
    if (current) {
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({ block: 'nearest', inline: 'nearest' }); // on a phone they do not all fit
    } else link.removeAttribute('aria-current');
  }
  document.title = `${VIEWS[to.view].title}${to.id ? ` ${to.id}` : ''} – Pepay simulator`;
  view.show(to, shown === '');
  shown = to.view;
}

let state = /** @type {LiveState} */ ('connecting');
let told = state;
let until = 0;
let why = '';

function showState() {
  byId('live').dataset.state = state;
  const left = until - Date.now();
  /** @type {Record<LiveState, string>} */
  const words = { connecting: 'Connecting', live: 'Live', refused: why, waiting: left >= 1000 ? `Not connected, next attempt in ${Math.ceil(left / 1000)} s` : 'Not connected, trying again' };
  /** @type {HTMLElement} */ (byId('live').querySelector('.state-text')).textContent = words[state];
  byId('live').title = state === 'live' ? '' : why;
}

/** A clock that does not show the real time is to be seen everywhere: it explains what has expired. */
async function showClock() {
  const { clock } = await api.get('state').catch(() => ({}));
  if (!clock) return;
  byId('ahead').hidden = !clock.offset_ms;
  byId('ahead').textContent = `Clock ${offsetWords(clock.offset_ms)}`;
}

const changes = new Changes({
  open: (signal) => api.changes(signal),
  onChanges: (list) => {
    for (const { kind, id } of list) if (kind === 'event') seen.add(id);
    for (const id of [...seen].slice(0, Math.max(0, seen.size - SEEN))) seen.delete(id);
    if (list.some(({ kind }) => kind === 'clock' || kind === 'reset')) void showClock();
    if (list.some(({ kind }) => kind === 'reset')) reload();
    else for (const view of views.values()) view.changed(list);
  },
  onLost: reload,
  onRestart: () => location.reload(),
  onState: (now, { message = '', wait = 0 }) => {
    state = now;
    if (state === 'live') void showClock();
    why = message;
    until = Date.now() + wait;
    showState();
    if (state === 'connecting' || state === told) return; // attempts that fail one after the other are one piece of news
    told = state;
    announcer.say(state === 'live' ? 'Connected to the simulator.' : why);
  },
});

function reload() {
  for (const view of views.values()) view.reload();
}

byId('skip').addEventListener('click', (event) => {
  event.preventDefault(); // the address is a route
  main.focus();
});
addEventListener('hashchange', route);
addEventListener('online', () => changes.start());
addEventListener('pagehide', () => changes.stop());
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  changes.start();
  reload();
});
setInterval(() => state === 'waiting' && showState(), 1000);
route();
changes.start();
