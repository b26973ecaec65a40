// How the simulator misbehaves.

import { make } from './dom.js';
import { PanelView, attempt, makeRefusal } from './panelview.js';
import { fill, makeNone } from './parts.js';

/** @typedef {import('./listview.js').Tools} Tools */

/** @param {Tools} tools */
export function faultsView(tools) {
  const refusal = makeRefusal();
  const presets = make('div', { class: 'actions', click: chosen });
  const rules = make('ul', { class: 'plain boxes', click: removed });
  const all = make('button', { type: 'button', class: 'small', click: () => act(() => tools.api.remove('faults'), 'All faults are off.') }, 'Switch all off');
  const spec = make('input', { type: 'text', required: true, placeholder: 'mintWsToken:status=429,retry-after=2s,next=3', spellcheck: 'false', autocomplete: 'off' });
  const form = make('form', { class: 'row', submit: added }, make('label', { class: 'grow' }, 'OPERATION:SETTING,… ', spec), make('button', { type: 'submit' }, 'Switch on'));
  const view = new PanelView(
    'Faults',
    ['fault'],
    () => tools.api.get('faults'),
    (data) => {
      const known = data?.rules ?? [];
      fill(presets, (data?.presets ?? []).map((/** @type {any} */ preset) => make('button', { type: 'button', 'data-spec': preset.spec }, make('span', { class: 'label' }, preset.label), make('span', { class: 'emits' }, preset.spec))));
      fill(rules, known.length ? known.map(makeRule) : [make('li', { class: 'bare' }, makeNone('None: the simulator behaves.'))]);
      all.hidden = known.length < 2;
    },
  );
  view.content.append(
    make('h3', {}, 'Switch on'),
    presets,
    form,
    make('p', { class: 'none' }, '“pepay mock --help” lists all settings.'),
    refusal,
    make('div', { class: 'title-row spaced' }, make('h3', {}, 'Switched on'), all),
    rules,
  );
  return view;

  /**
   * @param {() => Promise<unknown>} run
   * @param {string} words
   */
  async function act(run, words) {
    const done = await attempt(refusal, run);
    if (done) tools.say(words);
    view.reload();
    return done;
  }

  /** @param {MouseEvent} event */
  function chosen(event) {
    const button = /** @type {Element} */ (event.target).closest('button');
    if (button) void act(() => tools.api.post('faults', { spec: button.dataset.spec }), 'The fault is on.');
  }

  /** @param {SubmitEvent} event */
  async function added(event) {
    event.preventDefault();
    if (await act(() => tools.api.post('faults', { spec: spec.value.trim() }), 'The fault is on.')) spec.value = '';
  }

  /** @param {MouseEvent} event */
  function removed(event) {
    const button = /** @type {Element} */ (event.target).closest('button');
    if (button) void act(() => tools.api.remove(`faults/${button.dataset.number}`), 'The fault is off.');
  }
}

/** @param {any} rule */
function makeRule({ number, spec, hits }) {
  const times = hits === 1 ? 'hit once' : `hit ${hits ?? 0} times`;
  return make('li', { class: 'line' }, make('code', {}, spec), make('span', { class: `pill ${hits ? 'open' : 'good'}` }, times), make('button', { type: 'button', class: 'small', 'data-number': number, 'aria-label': `Switch off ${spec}` }, 'Switch off'));
}
