// Who is connected to which stream.

import { make } from './dom.js';
import { PanelView, attempt, makeRefusal } from './panelview.js';
import { fill, makeDate, makeFacts, makeNone } from './parts.js';
import { routeTo } from './router.js';

/** @typedef {import('./listview.js').Tools} Tools */

const MOST = 200;

/** @param {Tools} tools */
export function streamsView(tools) {
  const refusal = makeRefusal();
  const list = make('ul', { class: 'plain boxes', click: dropped });
  const view = new PanelView(
    'Open streams',
    ['stream', 'event'],
    () => tools.api.get('streams'),
    (streams) => {
      const known = streams ?? [];
      fill(list, known.slice(0, MOST).map(makeStream));
      fill(rest, [known.length === 0 ? makeNone('Nobody is connected. “pepay listen” opens a stream.') : known.length > MOST ? makeNone(`And ${known.length - MOST} more.`) : false]);
    },
  );
  const rest = make('div', {});
  view.content.append(refusal, list, rest);
  return view;

  /** @param {MouseEvent} event */
  function dropped(event) {
    const button = /** @type {Element} */ (event.target).closest('button');
    if (!button) return;
    void attempt(refusal, async () => {
      await tools.api.remove(`streams/${button.dataset.number}`);
      tools.say('The stream was dropped.');
      view.reload();
    });
  }
}

/** @param {any} stream */
function makeStream({ number, kind, merchant_id: merchant, invoice_id: invoice, since, opened_at: opened, events_sent: sent, filters }) {
  return make(
    'li',
    {},
    make('div', { class: 'title-row' }, make('b', {}, `${kind} stream #${number}`), make('button', { type: 'button', class: 'small', 'data-number': number, 'aria-label': `Drop ${kind} stream #${number}` }, 'Drop')),
    makeFacts([
      ['Merchant', merchant === undefined ? '' : String(merchant)],
      ['Invoice', invoice && make('a', { href: routeTo('invoices', invoice) }, make('code', {}, invoice))],
      ['Filters', filtersOf(filters)],
      ['Events sent', String(sent ?? 0)],
      ['Opened', makeDate(opened)],
      ['Resumed after', since && make('code', {}, since)],
    ]),
  );
}

/** @param {Record<string, unknown> | string | null | undefined} filters */
function filtersOf(filters) {
  if (typeof filters === 'string') return filters || 'none';
  const words = Object.entries(filters ?? {}).map(([name, value]) => `${name}=${[value].flat().join(',')}`);
  return words.join(' ') || 'none';
}
