// What comes over the stream: events in every form, and what is no event.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World, event, id } from './harness.mjs';

for (const [name, give, told] of [
  ['a ws_control frame', { object: 'ws_control', type: 'replay_truncated' }, { object: 'ws_control', type: 'replay_truncated' }],
  ['a heartbeat', { object: 'heartbeat' }, { object: 'heartbeat' }],
  ['a greeting', { object: 'ws_welcome', data: { session: 1 } }, { object: 'ws_welcome', data: { session: 1 } }],
  ['an object of no kind', { hello: 'world' }, { hello: 'world' }],
  ['a kind that is no text', { object: 7 }, { object: 7 }],
  ['half a frame', '{"id":"evt_', { object: 'unreadable', text: '{"id":"evt_' }],
  ['null', 'null', { object: 'unreadable', text: 'null' }],
  ['a list', '[1]', { object: 'unreadable', text: '[1]' }],
  ['text', 'ping', { object: 'unreadable', text: 'ping' }],
  ['text of several lines', 'a\nb\u202ec', { object: 'unreadable', text: 'a b c' }],
  ['nothing', '', { object: 'unreadable', text: '' }],
  ['long text', 'x'.repeat(10_000), { object: 'unreadable', text: `${'x'.repeat(300)}…` }],
]) {
  test(`${name} is skipped and told`, async () => {
    const w = await new World().live();
    w.socket.send(event(1));
    for (let i = 0; i < 20; i++) w.socket.send(give);
    w.socket.send(event(2));
    assert.deepEqual(w.events, [1, 2].map(id));
    assert.equal(w.state, 'live');
    assert.equal(w.sockets.length, 1);
    assert.equal(w.stream.since, id(2));
    assert.equal(w.controls.length, 20);
    assert.deepEqual(w.controls[0], told);
    assert.deepEqual(w.problems, []);
  });
}

for (const [name, data, size] of [
  ['an ArrayBuffer', new ArrayBuffer(3), 3],
  ['a Blob', new Blob(['token-1']), 7],
  ['nothing at all', undefined, 0],
]) {
  test(`${name} is skipped and told`, async () => {
    const w = await new World().live();
    w.socket.give(data);
    w.socket.send(event(1));
    assert.deepEqual(w.controls, [{ object: 'binary', size }]);
    assert.deepEqual(w.events, [id(1)]);
  });
}

test('a frame that is nested very deeply stops nothing', async () => {
  const w = await new World().live();
  w.socket.send(`{"object":"ws_control","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
  w.socket.send(event(1));
  assert.deepEqual(w.controls, [{ object: 'unreadable', text: '' }]);
  assert.deepEqual(w.events, [id(1)]);
});

for (const [name, change] of Object.entries({
  'no id': { id: undefined },
  'an empty id': { id: '' },
  'an id that is a number': { id: 7 },
  'no type': { type: undefined },
  'an empty type': { type: '' },
  'a type that is null': { type: null },
  'a type that is a list': { type: ['invoice.updated'] },
})) {
  test(`an event with ${name} is a gap, and the stream goes on`, async () => {
    const w = await new World().live();
    w.socket.send({ ...event(1), ...change });
    w.socket.send(event(2));
    assert.deepEqual(w.events, [id(2)]);
    assert.equal(w.gaps.length, 1);
    assert.equal(w.controls.length, 1);
    assert.equal(w.sockets.length, 1);
  });
}

process.env.TZ = 'America/New_York'; // a time without a zone is not this machine's
const created = 1766320496;
for (const [name, change, want, odd] of [
  ['seconds', { created }, { created }],
  ['a fraction', { created: created + 0.75 }, { created }],
  ['seconds as text', { created: String(created) }, { created }],
  ['milliseconds', { created: created * 1000 + 5 }, { created }],
  ['milliseconds as text', { created: String(created * 1000) }, { created }],
  ['RFC 3339', { created: '2025-12-21T12:34:56.000Z' }, { created }],
  ['RFC 3339 with an offset', { created: '2025-12-21T14:34:56+02:00' }, { created }],
  ['RFC 3339 without a zone, which is UTC', { created: '2025-12-21T12:34:56' }, { created }],
  ['a date in lower case with a space', { created: '2025-12-21 12:34:56z' }, { created }],
  ['no time, but an id that has one', { created: undefined }, { created }],
  ['an odd time, and an id that has one', { created: { seconds: 1 } }, { created }],
  ['an odd time and an id without one', { id: 'evt_x', created: [] }, { created: 0 }, 'created'],
  ['no time at all', { id: 'evt_x', created: null }, { created: 0 }, 'created'],
  ['a livemode', { livemode: true }, { livemode: true }],
  ['a livemode as text', { livemode: 'true' }, { livemode: true }],
  ['a livemode as a number', { livemode: 1 }, { livemode: true }],
  ['a livemode that is false as text', { livemode: 'false' }, { livemode: false }],
  ['no livemode', {}, { livemode: false }],
  ['an odd livemode', { livemode: 'live' }, { livemode: false }, 'livemode'],
  ['a request as text', { request: 'req_1' }, { request: { id: 'req_1' } }],
  ['a request', { request: { id: 'req_1', idempotency_key: 'k' } }, { request: { id: 'req_1', idempotency_key: 'k' } }],
  ['a request that is null', { request: null }, { request: undefined }],
  ['no data', { data: undefined }, { data: { object: {} } }, 'data.object'],
  ['data that is text', { data: 'x' }, { data: { object: {} } }, 'data.object'],
  ['an object that is null', { data: { object: null } }, { data: { object: {} } }, 'data.object'],
  ['an object that is a list', { data: { object: [] } }, { data: { object: {} } }, 'data.object'],
  ['more than is documented', { new_field: [1] }, { new_field: [1] }],
]) {
  test(`an event with ${name}`, async () => {
    const got = [];
    const w = await new World({ onEvent: (ev, text) => got.push([ev, text]) }).live();
    const frame = { ...event(1), ...change };
    w.socket.send(frame);
    w.socket.send({ ...frame, id: `${frame.id}-2` });
    assert.equal(got.length, 2);
    const [ev, text] = got[0];
    for (const [field, value] of Object.entries(want)) assert.deepEqual(ev[field], value);
    assert.equal(ev.type, 'invoice.updated');
    assert.equal(text, JSON.stringify(frame), 'the text is what came');
    assert.deepEqual(w.problems, odd ? [`The field ${odd} of event ${frame.id} cannot be read. It is left empty, in all events like it.`] : []);
  });
}

for (const [odd, change] of [['created', { id: 'evt_x', created: 'soon' }], ['livemode', { livemode: 2 }], ['data.object', { data: null }]]) {
  test(`that ${odd} cannot be read is told once`, async () => {
    const w = await new World().live();
    for (let n = 0; n < 1000; n++) w.socket.send({ ...event(n), ...change, id: `evt_x${n}` });
    assert.equal(w.events.length, 1000);
    assert.equal(w.problems.length, 1);
    assert.ok(w.problems[0].includes(odd), w.problems[0]);
    assert.equal(w.gaps.length, 0);
  });
}

// No message has a token: not this one, and none before it.
for (const [name, frame] of Object.entries({
  'the message of an error': { object: 'ws_error', code: 'INTERNAL', message: 'cannot use token-1 any more' },
  'the code of an error': { object: 'ws_error', code: 'token-1' },
  'an error inside of an error': { object: 'ws_error', error: { code: 'X', message: 'token-1' } },
  'an error that is text': { object: 'ws_error', error: 'token-1' },
  'the data of an error': { object: 'ws_error', data: { reason: 'wss://x/?token=token-1&y' } },
  'a control frame': { object: 'ws_control', message: 'token-1' },
  'a control frame, deep inside': { object: 'ws_control', a: [{ b: ['x token-1 y'] }] },
  'the name of a field': { object: 'ws_control', 'token-1': 1 },
  'a frame of an unknown kind': { object: 'token-1' },
  'a frame that hides it from a search': '{"object":"ws_control","message":"\\u0074oken-1"}',
  'a frame that cannot be read': 'token-1',
  'a long frame that cannot be read': `${'x'.repeat(296)}token-1`,
  'a token of another stream': { object: 'ws_error', message: 'no eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here' },
})) {
  test(`no token in what is told about ${name}`, async () => {
    const w = await new World().live();
    w.socket.send(frame);
    const told = JSON.stringify([w.states, w.problems, w.controls, w.tokens, w.stream]);
    assert.doesNotMatch(told, /token-|eyJ|tok…/);
    assert.match(told, /\[redacted\]|\[red…/);
  });
}

test('a token with odd characters is found in an address', async () => {
  const w = new World();
  w.answer = () => w.token({ token: 'a+b/c=' });
  await w.live();
  w.socket.send({ object: 'ws_error', message: `wss://pepay.example/?token=${encodeURIComponent('a+b/c=')} and a+b/c=` });
  assert.doesNotMatch(JSON.stringify(w.states), /a\+b|a%2Bb/);
});

test('a token from before is not told either', async () => {
  const w = await new World().live();
  for (let i = 0; i < 5; i++) {
    await w.time.advance(60_000);
    w.socket.send(event(i));
  }
  assert.equal(w.tokens.length, 6);
  w.socket.send({ object: 'ws_error', code: 'X', message: [1, 2, 3, 4, 5, 6].map((n) => `token-${n}`).join(' ') });
  assert.doesNotMatch(JSON.stringify(w.states), /token-\d/);
});

test('a message from outside is one short line', async () => {
  const w = await new World().live();
  w.socket.send({ object: 'ws_error', code: 'X', message: `a\u0000b\r\nc\u2028${'y'.repeat(5000)}` });
  assert.ok(w.why.message.length < 310);
  assert.match(w.why.message, /^[\x20-\x7e]+…$/);
});
