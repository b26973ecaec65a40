// Events that arrive after one that was created later, and answers of the token endpoint
// that come from something in between.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World, event, id } from './harness.mjs';

test('a stream resumes after an event that is a minute old, so that a late one is not behind the cursor', async () => {
  const w = await new World().live();
  w.socket.send(event(1));
  await w.time.advance(61_000);
  w.socket.send(event(3));
  w.socket.drop();
  await w.reopen();
  assert.equal(w.since(), id(1));
  for (const n of [2, 3, 4]) w.socket.send(event(n));
  assert.deepEqual(w.events, [1, 3, 2, 4].map(id));
  assert.equal(w.stream.since, id(4));
  await w.time.advance(60_000);
  assert.equal(w.sockets.length, 2, 'an older event is known, so no other connection is needed');
});

test('many events in a minute are not all asked for again', async () => {
  const w = await new World({ since: id(0), dedupeWindow: 10 }).live();
  for (let n = 1; n <= 20; n++) w.socket.send(event(n));
  w.socket.drop();
  await w.reopen();
  assert.equal(w.since(), id(15), 'what comes again is still remembered');
  for (let n = 16; n <= 21; n++) w.socket.send(event(n));
  assert.equal(w.events.length, 21);
});

test('a young page looks for late events on a connection of its own', async () => {
  const w = await new World().live();
  w.socket.send(event(2)); // 1 was to follow
  w.socket.drop();
  await w.reopen();
  const current = w.socket;
  assert.equal(w.since(), id(2));
  await w.time.advance(3000);
  assert.equal(w.sockets.length, 3);
  assert.equal(w.since(), null);
  const aside = w.socket;
  aside.open();
  for (const n of [1, 2]) aside.send(event(n));
  assert.deepEqual(w.events, [id(2), id(1)]);
  await w.time.advance(5000);
  assert.equal(aside.closedWith, 1000);
  assert.equal(current.closedWith, undefined, 'the connection itself goes on');
  current.send(event(3));
  assert.equal(w.events.at(-1), id(3));
  assert.equal(w.state, 'live');
});

for (const [name, fail] of Object.entries({
  'does not open': async (w) => w.time.advance(15_000),
  'is closed': async (w) => w.socket.drop(1008, 'no'),
  'ends with an error': async (w) => w.socket.send({ object: 'ws_error', code: 'CURSOR_TOO_OLD' }),
})) {
  test(`a connection for late events that ${name} changes nothing`, async () => {
    const w = await new World().live();
    w.socket.send(event(1));
    w.socket.drop();
    await w.reopen();
    const current = w.socket;
    await w.time.advance(3000);
    assert.equal(w.sockets.length, 3);
    await fail(w);
    assert.equal(w.state, 'live');
    current.send(event(2));
    await w.time.advance(10_000);
    assert.deepEqual(w.events, [1, 2].map(id));
    assert.equal(w.sockets.length, 3);
    assert.deepEqual(w.gaps, []);
  });
}

for (const status of [404, 400, 405, 410, 418, 302]) {
  test(`one ${status} of a token endpoint that has given tokens does not end the stream`, async () => {
    const w = await new World().live();
    const { answer } = w;
    let odd = 1;
    w.answer = (init) => (odd-- > 0 ? w.json(status, 'default backend') : answer(init));
    await w.time.advance(120_000);
    assert.equal(w.state, 'live');
    assert.ok(w.requests.length >= 3);
  });
}

test('an endpoint that has vanished for good ends the stream', async () => {
  const w = await new World().live();
  w.answer = () => w.json(404, '');
  await w.time.advance(60 * 60_000);
  assert.equal(w.state, 'failed');
  assert.ok(w.requests.length <= 45, `${w.requests.length} requests`);
});

test('an endpoint that never gave a token ends the stream at once', async () => {
  const w = new World();
  w.answer = () => w.json(404, '');
  w.stream.start();
  await w.time.advance(60_000);
  assert.equal(w.state, 'failed');
  assert.equal(w.requests.length, 1);
});
