// The simulator's control endpoints.

const LIMIT = 15_000; // milliseconds for an answer
const MAX_TEXT = 300; // characters of a message that is shown

/** The simulator said no, or nothing. */
export class ApiError extends Error {
  /**
   * @param {number} status 0 when there was no answer.
   * @param {string} message
   */
  constructor(status, message) {
    super(message.slice(0, MAX_TEXT));
    this.status = status;
  }
}

export class Api {
  #token;
  #base;
  #fetch;

  /**
   * @param {string} token
   * @param {URL} base Where the endpoints are, with a slash at the end.
   * @param {typeof globalThis.fetch} [fetch]
   */
  constructor(token, base, fetch = globalThis.fetch.bind(globalThis)) {
    this.#token = token;
    this.#base = base;
    this.#fetch = fetch;
  }

  /**
   * @param {string} path
   * @param {Record<string, string | number | undefined>} [query] What is empty is left out.
   * @returns {Promise<any>} The answer's data.
   */
  async get(path, query = {}) {
    return (await this.getText(path, query)).data;
  }

  /**
   * The answer as it came too: numbers in it have digits that JavaScript cannot hold.
   *
   * @param {string} path
   * @param {Record<string, string | number | undefined>} [query]
   * @returns {Promise<{data: any, text: string}>}
   */
  getText(path, query = {}) {
    const params = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') params.set(name, String(value));
    const tail = String(params);
    return this.#answer('GET', tail ? `${path}?${tail}` : path);
  }

  /**
   * @param {string} path
   * @param {unknown} [body]
   */
  async post(path, body = {}) {
    return (await this.#answer('POST', path, body)).data;
  }

  /** @param {string} path */
  async remove(path) {
    return (await this.#answer('DELETE', path)).data;
  }

  /**
   * The stream of changes, which has no end.
   *
   * @param {AbortSignal} signal
   */
  async changes(signal) {
    const answer = await this.#ask('GET', 'changes', undefined, signal);
    if (!answer.ok || !answer.body) throw await refusal(answer);
    return answer.body;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   */
  async #answer(method, path, body) {
    const answer = await this.#ask(method, path, body, AbortSignal.timeout(LIMIT));
    if (!answer.ok) throw await refusal(answer);
    const text = await answer.text().catch(() => '');
    try {
      return { data: JSON.parse(text).data, text };
    } catch {
      throw new ApiError(answer.status, 'The simulator answered something that is not JSON.');
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} body
   * @param {AbortSignal} signal
   */
  async #ask(method, path, body, signal) {
    /** @type {Record<string, string>} */
    const headers = { 'x-pepaytest-token': this.#token };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    try {
      return await this.#fetch(new URL(path, this.#base), {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        cache: 'no-store',
        credentials: 'omit',
        redirect: 'error',
        signal,
      });
    } catch (error) {
      const late = error instanceof DOMException && error.name === 'TimeoutError';
      throw new ApiError(0, late ? 'The simulator has not answered in time.' : 'The simulator does not answer. Is it still running?');
    }
  }
}

/** @param {Response} answer */
async function refusal(answer) {
  if (answer.status === 401) return new ApiError(401, 'The simulator was started again. Reload this page.');
  /** @type {any} */
  const body = await answer.json().catch(() => undefined);
  const message = body?.error?.message;
  return new ApiError(answer.status, typeof message === 'string' && message ? message : `The simulator answered ${answer.status}.`);
}

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error)).slice(0, MAX_TEXT);
