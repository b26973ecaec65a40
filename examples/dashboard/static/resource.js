// What an event's resource is called, what it is worth, and what belongs together.

/** @typedef {Record<string, any>} Resource */

/** @param {unknown} value */
export const text = (value) => (typeof value === 'string' ? value.slice(0, 200) : typeof value === 'number' ? String(value) : '');

/**
 * The resource's kind and id, and the invoice that it belongs to.
 *
 * @param {Resource} resource
 */
export function nameOf(resource) {
  const invoice = text(resource.invoice_id) || text(resource.invoiceId);
  const id = text(resource.id) || text(resource.orderId);
  return {
    kind: text(resource.object).replaceAll('_', ' '),
    id: id || invoice,
    invoice: id && invoice !== id ? invoice : '',
  };
}

/**
 * The ids by which an event is found: an invoice, its payments and its order have one in common.
 *
 * @param {Resource} resource
 */
export function idsOf(resource) {
  const { id, orderId, invoice_id: invoice, invoiceId, commerce_order_id: order } = resource;
  return [...new Set([id, orderId, invoice, invoiceId, order].map(text).filter(Boolean))];
}

/**
 * The amount, for people; "" if there is none. Of an invoice that is paid in part, also how much.
 *
 * @param {Resource} resource
 */
export function amountOf(resource) {
  const whole = money(resource, '') || dollars(resource.amount_usd ?? resource.total ?? resource.totalAmountUsd ?? resource.total_amount_usd);
  const remaining = money(resource, '_remaining');
  if (!whole) return remaining && `${remaining} to pay`;
  const paid = money(resource, '_paid');
  return resource.status === 'underpaid' && paid ? `${paid} of ${whole}` : whole;
}

/**
 * @param {Resource} resource
 * @param {'' | '_paid' | '_remaining'} which
 */
function money(resource, which) {
  const currency = text(resource.currency).toUpperCase() || 'USD';
  const decimal = resource[`amount${which}_decimal`];
  const millis = resource[`amount${which}`];
  if (typeof decimal === 'string') return dollars(decimal, currency);
  if (resource.amount_unit !== 'usd_millis' || !Number.isSafeInteger(millis)) return '';
  return dollars(`${Math.trunc(millis / 1000)}.${String(Math.abs(millis % 1000)).padStart(3, '0')}`, currency);
}

/**
 * @param {unknown} value A number, or decimal text.
 */
function dollars(value, currency = 'USD') {
  const parts = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/.exec(typeof value === 'number' ? String(value) : text(value));
  if (!parts) return '';
  const [, sign, units, fraction = ''] = parts;
  const cents = fraction.replace(/0+$/, '').padEnd(2, '0');
  const grouped = units.replace(/\B(?=(\d{3})+$)/g, ',');
  return currency === 'USD' ? `${sign}$${grouped}.${cents}` : `${sign}${grouped}.${cents} ${currency}`;
}
