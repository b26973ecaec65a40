// Elements, made of text and of other elements: nothing is parsed as HTML.

/** @typedef {string | number | boolean | undefined | ((event: any) => void)} Attribute */

/**
 * An element. An attribute that is true is there without a value, one that is false or undefined is not
 * there, and a function listens: {click: …}.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, Attribute>} attributes
 * @param {(string | Node | false | null | undefined)[]} content What is no text and no node is left out.
 */
export function make(tag, attributes, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...content.filter((part) => part instanceof Node || typeof part === 'string'));
  return element;
}

/**
 * A point in time: what the reader's clock shows, the date when pointed at.
 *
 * @param {Date} at
 */
export function makeTime(at) {
  const known = !Number.isNaN(at.getTime());
  return make('time', { datetime: known ? at.toISOString() : '', title: known ? at.toLocaleString() : '' }, known ? at.toLocaleTimeString() : '–');
}
