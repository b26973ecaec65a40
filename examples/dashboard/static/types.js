// Event types, as the chart and the table name and colour them.

/** Each documented type keeps its colour; the others share one. */
const COLORS = new Map([
  ['invoice.created', 't0'],
  ['invoice.updated', 't1'],
  ['invoice_payment.created', 't2'],
  ['invoice_payment.updated', 't3'],
  ['commerce.order.created', 't4'],
  ['commerce.order.updated', 't5'],
]);

export const KNOWN = [...COLORS.keys()];

/** @param {string} type */
export const colorOf = (type) => COLORS.get(type) ?? 't6';

const MOST = 50; // a page does not grow with each type that it has not seen before
const REST = 'other types';

/** The types that have been seen. Those beyond the first fifty share a name. */
export class Types {
  /** @type {Set<string>} */
  #seen = new Set(KNOWN);

  /**
   * What the type is listed under.
   *
   * @param {string} type
   */
  name(type) {
    if (this.#seen.has(type)) return type;
    if (this.#seen.size >= MOST || type.length > 100) return REST;
    this.#seen.add(type);
    return type;
  }
}
