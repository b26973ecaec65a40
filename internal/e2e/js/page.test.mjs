// What the page makes of events.

import { readFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOut } from '../../../examples/dashboard/static/json.js';
import { readEvent } from '../../../examples/dashboard/static/pepay-stream.js';
import { amountOf, idsOf, nameOf } from '../../../examples/dashboard/static/resource.js';
import { statusOf } from '../../../examples/dashboard/static/status.js';
import { Types } from '../../../examples/dashboard/static/types.js';

for (const [resource, want] of [
  [{}, ''],
  [{ amount: 10000, amount_unit: 'usd_millis', amount_decimal: '10.000' }, '$10.00'],
  [{ amount: 49990, amount_unit: 'usd_millis' }, '$49.99'],
  [{ amount: 1, amount_unit: 'usd_millis' }, '$0.001'],
  [{ amount: 10000 }, ''], // of what?
  [{ amount: 10000, amount_unit: 'cents' }, ''],
  [{ amount_decimal: '1234567.5' }, '$1,234,567.50'],
  [{ amount_decimal: '10.000', currency: 'usd' }, '$10.00'],
  [{ amount_decimal: '10.000', currency: 'eur' }, '10.00 EUR'],
  [{ amount_usd: 49 }, '$49.00'],
  [{ amount_usd: '49.5' }, '$49.50'],
  [{ amount_usd: -1 }, '-$1.00'],
  [{ amount_usd: 0 }, '$0.00'],
  [{ amount_usd: '12 dollars' }, ''],
  [{ amount_usd: { value: 1 } }, ''],
  [{ total: 99.99 }, '$99.99'],
  [{ totalAmountUsd: '10.00' }, '$10.00'],
  [{ amount_remaining: 49990, amount_remaining_decimal: '49.990', amount_unit: 'usd_millis' }, '$49.99 to pay'],
  [{ status: 'underpaid', amount_decimal: '10.000', amount_paid_decimal: '4.000' }, '$4.00 of $10.00'],
  [{ status: 'paid', amount_decimal: '10.000', amount_paid_decimal: '10.000' }, '$10.00'],
  [{ amount_decimal: 'x'.repeat(10_000) }, ''],
]) {
  test(`the amount of ${JSON.stringify(resource).slice(0, 90)}`, () => assert.equal(amountOf(resource), want));
}

for (const [resource, name, ids] of [
  [{}, { kind: '', id: '', invoice: '' }, []],
  [{ object: 'invoice', id: 'inv_1' }, { kind: 'invoice', id: 'inv_1', invoice: '' }, ['inv_1']],
  [{ object: 'invoice', id: 'inv_1', commerce_order_id: 'o' }, { kind: 'invoice', id: 'inv_1', invoice: '' }, ['inv_1', 'o']],
  [{ object: 'invoice_payment', id: 'pay_1', invoice_id: 'inv_1' }, { kind: 'invoice payment', id: 'pay_1', invoice: 'inv_1' }, ['pay_1', 'inv_1']],
  [{ object: 'commerce_order', orderId: 'o', invoiceId: 'inv_1' }, { kind: 'commerce order', id: 'o', invoice: 'inv_1' }, ['o', 'inv_1']],
  [{ object: 'payment_quote', invoice_id: 'inv_1' }, { kind: 'payment quote', id: 'inv_1', invoice: '' }, ['inv_1']],
  [{ object: ['x'], id: { a: 1 } }, { kind: '', id: '', invoice: '' }, []],
  [{ object: 'thing', id: 7 }, { kind: 'thing', id: '7', invoice: '' }, ['7']],
]) {
  test(`the name of ${JSON.stringify(resource)}`, () => {
    assert.deepEqual(nameOf(resource), name);
    assert.deepEqual(idsOf(resource), ids);
  });
}

// The command line's test reads the same cases.
const STATUS_CASES = JSON.parse(readFileSync(new URL('../../../examples/dashboard/testdata/statuses.json', import.meta.url), 'utf8'));
for (const [resource, tone, words] of STATUS_CASES) {
  test(`the status of ${JSON.stringify(resource)}`, () => assert.deepEqual(statusOf(resource), { tone, words }));
}

for (const json of [
  '{}',
  '[]',
  '{"a":1}',
  '{ "a" : [ 1 , 2.50, -3e+10 ] , "b" : { } , "c" : [ ] }',
  '{"text":"{\\"a\\":[1,2]}","quote":"\\\\","n":12345678901234567890}',
  '{"a":{"b":[{"c":null},true,false]}}',
]) {
  test(`${json}, laid out`, () => {
    const shown = layOut(json);
    assert.equal(shown.replaceAll(/("(?:[^"\\]|\\.)*")|\s/g, '$1'), json.replaceAll(/("(?:[^"\\]|\\.)*")|\s/g, '$1'), 'the same text');
    if (!/\d{17}|\.50|e\+/.test(json)) assert.equal(shown, JSON.stringify(JSON.parse(json), null, 2));
  });
}

test('an event of the back end has the same form as one of the stream', () => {
  assert.deepEqual(readEvent('{"id":"evt_1766320496000-1","type":"x","created":"2025-12-21T12:34:56"}'), {
    id: 'evt_1766320496000-1', type: 'x', created: 1766320496, livemode: false, request: undefined, data: { object: {} },
  });
  for (const bad of ['', 'null', '[]', '{}', '{"id":"evt_1"}', '{"type":"x"}', '{"id":7,"type":"x"}', 'evt']) assert.equal(readEvent(bad), null);
});

test('types beyond the first fifty share a name', () => {
  const types = new Types();
  const names = new Set();
  for (let i = 0; i < 10_000; i++) names.add(types.name(`new.type.${i}`));
  assert.ok(names.size < 50, `${names.size}`);
  assert.equal(types.name('invoice.created'), 'invoice.created');
  assert.equal(types.name('new.type.1'), 'new.type.1');
  assert.equal(new Types().name('x'.repeat(5000)), 'other types');
});
