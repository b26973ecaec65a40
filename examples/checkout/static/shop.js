// The page works without this, one click at a time. With it, the page follows the payment and the
// order: it loads itself again whenever something has happened, and counts down the quote.

import { PepayStream } from './pepay-stream.js';

const POLL = 10_000; // milliseconds between two looks when nothing tells of changes

/** @param {string} id */
const byId = (id) => document.getElementById(id);

const main = /** @type {HTMLElement} */ (byId('main'));

// What the server's clock says is what counts: that of this machine may be wrong.
const skew = Number(document.documentElement.dataset.now) - Date.now();

let shown = main.innerHTML; // as it came, without what is changed here
let loading = false;
let again = false;

/** Loads the page, and shows its main part if that is another one than before. */
async function load() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  try {
    const answer = await fetch('/', { credentials: 'same-origin', cache: 'no-store' });
    if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  } catch {
    // the next look may succeed
  } finally {
    loading = false;
  }
  if (again) {
    again = false;
    await load();
  }
}

/** @param {Document} page */
function show(page) {
  const next = page.getElementById('main');
  if (!next || next.innerHTML === shown) return;
  shown = next.innerHTML;
  const chosen = /** @type {HTMLSelectElement | null} */ (byId('token'))?.value;
  const focused = main.contains(document.activeElement) ? document.activeElement?.id : undefined;
  main.replaceChildren(...document.importNode(next, true).childNodes);
  for (const name of ['live', 'stream']) {
    if (name in next.dataset) main.dataset[name] = '';
    else delete main.dataset[name];
  }
  const select = /** @type {HTMLSelectElement | null} */ (byId('token'));
  if (select && [...select.options].some(({ value }) => value === chosen)) select.value = String(chosen);
  if (focused !== undefined) (byId(focused) ?? main).focus({ preventScroll: true });
  document.title = page.title;
  byId('steps')?.replaceChildren(...document.importNode(/** @type {HTMLElement} */ (page.getElementById('steps')), true).childNodes);
  announce([...main.querySelectorAll('h1, .lead, .notice')].map((element) => element.textContent?.trim()).join(' '));
  decorate();
  follow();
}

/** Tells those who do not see it. @param {string} text */
function announce(text) {
  /** @type {HTMLElement} */ (byId('announcer')).textContent = text;
}

/** What only works with JavaScript appears. */
function decorate() {
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (main.querySelectorAll('button[data-copy]'))) {
    const label = [...button.childNodes];
    button.hidden = !navigator.clipboard;
    button.onclick = async () => {
      await navigator.clipboard.writeText(byId(button.dataset.copy ?? '')?.textContent ?? '');
      button.textContent = 'Copied';
      announce('Copied');
      setTimeout(() => button.replaceChildren(...label), 2000);
    };
  }
  tick();
}

/** The timers, and what happens at their end. */
function tick() {
  for (const timer of /** @type {NodeListOf<HTMLElement>} */ (main.querySelectorAll('[data-ends]'))) {
    const left = Math.max(0, Math.ceil((Number(timer.dataset.ends) - Date.now() - skew) / 1000));
    const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left`;
    if (timer.textContent === text) continue;
    timer.textContent = text;
    if (left === 60) announce('One minute left.');
    if (left === 0) load();
  }
}

/** @type {PepayStream | null} */
let payment = null;
/** @type {EventSource | null} */
let updates = null;

/** Is connected to what can tell of changes now. */
function follow() {
  if ('stream' in main.dataset && !payment) {
    payment = new PepayStream({
      tokenURL: '/payment-token',
      onEvent: load, // what the event says is looked up where it cannot be wrong
      onState: (state) => {
        connection(state);
        if (state === 'live') load(); // what happened before
      },
      onProblem: load,
    });
    payment.start();
  } else if (!('stream' in main.dataset) && payment) {
    payment.stop();
    payment = null;
  }
  if ('live' in main.dataset && !updates) {
    updates = new EventSource('/updates');
    updates.onmessage = load;
  } else if (!('live' in main.dataset) && updates) {
    updates.close();
    updates = null;
  }
}

/** @param {string} state */
function connection(state) {
  const line = /** @type {HTMLElement} */ (byId('connection'));
  line.hidden = state === 'stopped';
  line.dataset.state = state;
  line.textContent = state === 'live' ? 'Following your payment live' : state === 'connecting' ? 'Connecting' : `Not connected: looking every ${POLL / 1000} seconds`;
}

decorate();
follow();
byId('problem')?.focus();
setInterval(tick, 250);
setInterval(() => {
  if ('live' in main.dataset) load(); // hidden as well: the title is in the tab
}, POLL);
document.addEventListener('visibilitychange', () => {
  if ('live' in main.dataset && !document.hidden) load();
});
