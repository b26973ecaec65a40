// What all views are made of.

import { make, makeTime } from './dom.js';
import { layOut } from './json.js';
import { statusOf } from './status.js';
import { dateOf, dayWords } from './words.js';

/**
 * Puts children into an element. Those that look as before stay, so that neither the focus nor what a
 * person has selected is lost.
 *
 * @param {Element} parent
 * @param {(Node | string | false | null | undefined)[]} content
 */
export function fill(parent, content) {
  const wanted = content.filter((part) => part instanceof Node || (typeof part === 'string' && part !== '')).map((part) => (part instanceof Node ? part : new Text(String(part))));
  wanted.forEach((node, i) => {
    const old = parent.childNodes[i];
    if (!old) parent.append(node);
    else if (old !== node && !old.isEqualNode(node)) old.replaceWith(node);
  });
  while (parent.childNodes.length > wanted.length) parent.lastChild?.remove();
}

/** @param {Record<string, any>} resource */
export function makeStatus(resource) {
  const { tone, words } = statusOf(resource);
  return words ? make('span', { class: `pill ${tone}` }, words) : false;
}

/**
 * A point in time, with its day if that is not today: a seed has a past.
 *
 * @param {unknown} value
 */
export function makeDate(value) {
  const at = dateOf(value);
  const time = makeTime(at);
  const day = dayWords(at, new Date());
  if (day) time.textContent = `${day}, ${at.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' })}`;
  return time;
}

/**
 * Names and what they stand for; those that stand for nothing are left out.
 *
 * @param {[string, string | Node | false | null | undefined][]} pairs
 */
export function makeFacts(pairs) {
  const known = pairs.filter(([, value]) => value !== '' && value !== false && value !== null && value !== undefined);
  return make('dl', { class: 'facts' }, ...known.map(([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value))));
}

/**
 * A part of a detail, with a title. Its content is what it is filled with.
 *
 * @param {string} title
 */
export function makeSection(title) {
  const content = make('div', {});
  return { element: make('section', {}, make('h3', {}, title), content), content };
}

/**
 * A button that copies.
 *
 * @param {string} label
 * @param {() => string} text
 * @param {(words: string) => void} say
 */
export function makeCopy(label, text, say) {
  const button = make('button', { type: 'button', class: 'small' }, label);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = 'Copied';
      say('Copied.');
    } catch {
      button.textContent = 'Not copied';
      say('Not copied: the browser does not allow it here.');
    }
    setTimeout(() => (button.textContent = label), 1500);
  });
  return button;
}

/**
 * Text as it is, to be scrolled from the keyboard.
 *
 * @param {string} label
 * @param {string} text
 */
export const makeText = (label, text) => make('pre', { tabindex: 0, role: 'region', 'aria-label': label }, text);

const MAX_SHOWN = 100_000; // characters

/**
 * Text with a button that copies all of it. Of a long one, only the beginning is shown: laying out a
 * megabyte would hold up the page.
 *
 * @param {string} label
 * @param {string} text
 * @param {(words: string) => void} say
 */
export function makeLongText(label, text, say) {
  const cut = text.length > MAX_SHOWN;
  const shown = cut ? text.slice(0, MAX_SHOWN) : text;
  return [make('div', { class: 'snippet' }, makeCopy('Copy', () => text, say), makeText(label, shown)), cut && makeNone(`These are the first ${MAX_SHOWN.toLocaleString()} of ${text.length.toLocaleString()} characters. “Copy” copies them all.`)];
}

/**
 * A body as a person reads it: JSON is laid out, what is not JSON stays.
 *
 * @param {unknown} body
 */
export function bodyText(body) {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  return layOut(text);
}

/** @param {{at: unknown, status?: string, message?: string}[]} steps */
export function makeTimeline(steps) {
  if (!steps.length) return makeNone('Nothing yet.');
  return make('ol', { class: 'timeline' }, ...steps.map((step) => make('li', {}, makeDate(step.at), ' ', step.status ? makeStatus(step) : false, ' ', step.message ?? '')));
}

/** @param {string} words */
export const makeProblem = (words) => make('p', { class: 'problem', role: 'alert' }, words);

/**
 * A secret that is shown once.
 *
 * @param {string} secret
 * @param {(words: string) => void} say
 */
export const makeSecret = (secret, say) => make('p', { class: 'secret' }, 'The signing secret, shown this once: ', make('code', {}, secret), ' ', makeCopy('Copy', () => secret, say));

/** @param {string} words */
export const makeNone = (words) => make('p', { class: 'none' }, words);

/**
 * An answer in which a list that is null, or not there, is empty.
 *
 * @param {any} data
 * @returns {{details: any, payments: any[], timeline: any[], events: any[], requests: any[], actions: any[]}}
 */
export function known(data) {
  const { details, payments, timeline, events, requests, actions } = data;
  return { details: details ?? {}, payments: payments ?? [], timeline: timeline ?? [], events: events ?? [], requests: requests ?? [], actions: actions ?? [] };
}
