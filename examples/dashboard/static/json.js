// JSON for people.

/**
 * Puts each member on a line of its own. The text itself is laid out anew, not its value: numbers that
 * JavaScript cannot hold keep their digits.
 *
 * @param {string} json Valid JSON.
 */
export function layOut(json) {
  let out = '';
  let depth = 0;
  const line = () => `\n${'  '.repeat(depth)}`;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{[]\s*[}\]]|[{}[\],:]|[^\s{}[\],:"]+/gs)) {
    if (token === '{' || token === '[') {
      depth++;
      out += token + line();
    } else if (token === '}' || token === ']') {
      depth--;
      out += line() + token;
    } else if (token === ',') out += token + line();
    else if (token === ':') out += ': ';
    else out += /^[{[]/.test(token) ? token.replace(/\s/g, '') : token;
  }
  return out;
}
