// The address says what is seen: #/invoices, #/invoices/ID, #/requests?search=token.

/**
 * @typedef {object} Route
 * @property {string} view
 * @property {string} id "" for none.
 * @property {string} search
 */

/**
 * @param {string} hash
 * @returns {Route}
 */
export function readRoute(hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [view, ...rest] = path.split('/');
  return { view: decode(view), id: decode(rest.join('/')), search: new URLSearchParams(query).get('search') ?? '' };
}

/**
 * @param {string} view
 * @param {string} [id]
 * @param {string} [search]
 */
export function routeTo(view, id = '', search = '') {
  const path = id ? `#/${view}/${encodeURIComponent(id)}` : `#/${view}`;
  return search ? `${path}?${new URLSearchParams({ search })}` : path;
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
