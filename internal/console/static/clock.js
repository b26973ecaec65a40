// The simulator's clock, and what it holds.

import { make } from './dom.js';
import { PanelView, attempt, makeRefusal } from './panelview.js';
import { fill, makeDate, makeFacts } from './parts.js';
import { offsetWords, spanWords } from './words.js';

/** @typedef {import('./listview.js').Tools} Tools */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const COUNTS = ['invoices', 'orders', 'events', 'requests', 'endpoints', 'streams'];

/** @param {Tools} tools */
export function clockView(tools) {
  const refusal = makeRefusal();
  const now = make('b', { class: 'now' });
  const ahead = make('span', { class: 'pill open', hidden: true });
  const real = make('button', { type: 'button', click: () => act(() => tools.api.post('clock', { real: true }), 'The clock shows the real time again.') }, 'Back to real');
  const amount = make('input', { type: 'number', min: 1, max: 100_000, value: '60', required: true });
  const facts = make('div', {});
  const dialog = makeDialog(() => act(() => tools.api.post('reset'), 'The simulator is as it was at the start.'));
  let skew = 0; // between the simulator's clock and this machine's
  const view = new PanelView(
    'Clock and state',
    ['clock', 'reset', 'invoice', 'order', 'event'],
    () => tools.api.get('state'),
    (state) => {
      const offset = state.clock?.offset_ms ?? 0;
      skew = (state.clock?.now ?? Date.now()) - Date.now();
      real.disabled = offset === 0;
      fill(ahead, [offsetWords(offset)]);
      ahead.hidden = offset === 0;
      fill(facts, [
        makeFacts([
          ['Seed', state.seed || 'none'],
          ['Environment', state.environment],
          ['Started', makeDate(state.started_at)],
          ...COUNTS.map((name) => /** @type {[string, string]} */ ([name[0].toUpperCase() + name.slice(1), String(state.counts?.[name] ?? 0)])),
        ]),
      ]);
      tick();
    },
  );
  view.content.append(
    make('p', { class: 'clock' }, now, ' ', ahead),
    make('p', { class: 'none' }, 'It moves business time: what expires, quotes, and when things were created. Tokens, signatures and Date headers keep the real time.'),
    make(
      'form',
      { class: 'row', submit: (/** @type {SubmitEvent} */ event) => (event.preventDefault(), advance(Number(amount.value) * MINUTE)) },
      make('button', { type: 'button', click: () => advance(15 * MINUTE) }, '+15 min'),
      make('button', { type: 'button', click: () => advance(12 * HOUR) }, '+12 h'),
      make('label', {}, 'Minutes ', amount),
      make('button', { type: 'submit' }, 'Advance'),
      real,
    ),
    refusal,
    make('h3', { class: 'spaced' }, 'What it holds'),
    facts,
    make('p', { class: 'row' }, make('button', { type: 'button', click: () => dialog.showModal() }, 'Reset to the seed…')),
    dialog,
  );
  setInterval(tick, 1000);
  return view;

  function tick() {
    if (!view.element.hidden) now.textContent = new Date(Date.now() + skew).toLocaleString();
  }

  /** @param {number} ms */
  function advance(ms) {
    void act(() => tools.api.post('clock', { advance_ms: ms }), `The clock was moved by ${spanWords(ms)}.`);
  }

  /**
   * @param {() => Promise<unknown>} run
   * @param {string} words
   */
  async function act(run, words) {
    if (await attempt(refusal, run)) tools.say(words);
    view.reload();
  }
}

/** @param {() => void} confirmed */
function makeDialog(confirmed) {
  const dialog = make(
    'dialog',
    { 'aria-labelledby': 'reset-title' },
    make('h2', { id: 'reset-title' }, 'Reset to the seed?'),
    make('p', {}, 'All invoices, orders, events and requests that came after the start are gone, and all streams end.'),
    make('div', { class: 'row' }, make('button', { type: 'button', class: 'primary', click: () => (dialog.close(), confirmed()) }, 'Reset'), make('button', { type: 'button', autofocus: true, click: () => dialog.close() }, 'Keep everything')),
  );
  return dialog;
}
