// What a status means: whether it went well, and in which words. The table is JSON, so that a back
// end can read it too.

export const STATUSES = {
  "good": ["paid", "confirmed", "settled", "fulfilled", "delivered", "delivery_confirmed", "ok"],
  "bad": ["expired", "canceled", "cancelled", "failed", "refunded", "manual_retry"]
};

/** @typedef {'good' | 'open' | 'bad'} Tone */

/**
 * @param {string} status
 * @returns {Tone}
 */
const toneOf = (status) => (STATUSES.good.includes(status) ? 'good' : STATUSES.bad.includes(status) ? 'bad' : 'open');

const SEVERITY = { good: 0, open: 1, bad: 2 };

/**
 * The status of a resource. That of a payment is the worse one of the payment's and its settlement's: money
 * that was paid and not settled has not arrived.
 *
 * @param {Record<string, any>} resource
 * @returns {{tone: Tone, words: string}}
 */
export function statusOf(resource) {
  const status = text(resource.status);
  const { settlement } = resource;
  const settlements = [resource.settlement_status, settlement?.summary_status, settlement?.status].map(text).filter(Boolean);
  let worst = { tone: toneOf(status), words: status };
  for (const each of settlements) {
    const tone = toneOf(each);
    // Of two good ones, settled is the later.
    if (SEVERITY[tone] > SEVERITY[worst.tone] || (tone === 'good' && worst.tone === 'good')) {
      worst = { tone, words: each === 'settled' ? each : `settlement ${each}` };
    }
  }
  return { tone: worst.tone, words: worst.words.replaceAll('_', ' ') };
}

/** @param {unknown} value */
const text = (value) => (typeof value === 'string' ? value.slice(0, 100) : '');
