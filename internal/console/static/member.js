// A part of JSON, as it is written.

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

/**
 * The text of a member, or '' if there is none. Numbers that JavaScript cannot hold keep their digits.
 *
 * @param {string} json Valid JSON.
 * @param {string[]} path The names that lead to it, from object to object.
 */
export function memberText(json, path) {
  let found = 0; // names of the path
  let depth = 0;
  let start = -1; // of the member
  let last = '';
  for (const { 0: token, index } of json.matchAll(TOKEN)) {
    if (last === ':' && start < 0 && depth === found) {
      if (found === path.length) start = index;
      else if (token !== '{') return '';
    }
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') {
      depth--;
      if (start < 0 && depth <= found) return '';
    } else if (token === ':' && start < 0 && depth === found + 1 && JSON.parse(last) === path[found]) found++;
    if (start >= 0 && depth === found) return json.slice(start, index + token.length);
    last = token;
  }
  return '';
}
