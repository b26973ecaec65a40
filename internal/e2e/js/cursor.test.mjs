// A cursor that Pepay does not take any more, and one that only seems to be refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World, event, id } from './harness.mjs';

const TOO_OLD = 'evt_from_last_week';

/** A world in which connections with the cursor end as `refuse` says, and those without stay open. */
async function world(refuse, options = {}) {
  const w = new World({ since: TOO_OLD, ...options });
  w.stream.start();
  for (let i = 0; i < 400; i++) {
    await w.time.advance(100);
    const { socket } = w;
    if (!socket || socket.seen || socket.closedWith !== undefined) continue;
    socket.seen = true;
    if (socket.url.searchParams.get('since')) refuse(socket);
    else socket.open();
  }
  return w;
}

const withCursor = (w) => w.sockets.filter((socket) => socket.url.searchParams.get('since')).length;

for (const [name, frame] of Object.entries({
  'a code': { code: 'CURSOR_TOO_OLD', message: 'The cursor is too old' },
  'another code': { code: 'invalid_since' },
  'a code that has expired in it': { code: 'CURSOR_EXPIRED' },
  'a code inside': { error: { code: 'REPLAY_UNAVAILABLE' } },
  'a message alone': { message: 'this event is no longer available' },
  'a text': { error: 'outside of retention' },
})) {
  test(`refused by ws_error with ${name}`, async () => {
    const w = await world((socket) => {
      socket.open();
      socket.send({ object: 'ws_error', ...frame });
    });
    assert.equal(w.state, 'live');
    assert.equal(withCursor(w), 2, 'given up after the second refusal');
    assert.equal(w.gaps.length, 1);
    assert.match(w.gaps[0], /may be missing/);
    w.socket.send(event(1));
    w.socket.drop();
    await w.reopen();
    assert.equal(w.since(), id(1));
  });
}

for (const frame of [{ code: 'E4711' }, { code: 'BAD_REQUEST', message: 'no' }, {}]) {
  test(`refused by ws_error that does not say why: ${JSON.stringify(frame)}`, async () => {
    const w = await world((socket) => {
      socket.open();
      socket.send({ object: 'ws_error', ...frame });
    });
    assert.equal(w.state, 'live');
    assert.equal(withCursor(w), 5);
    assert.equal(w.gaps.length, 1);
  });
}

for (const [code, reason] of [[1008, ''], [1008, 'cursor too old'], [4400, ''], [4404, 'x'], [4410, ''], [1000, 'replay is not available']]) {
  test(`refused by a close with ${code} ${reason}`, async () => {
    const w = await world((socket) => {
      socket.open();
      socket.drop(code, reason);
    });
    assert.equal(w.state, 'live');
    assert.equal(withCursor(w), 2);
    assert.equal(w.gaps.length, 1);
  });
}

test('refused before it opens, which looks like any failure', async () => {
  const w = await world((socket) => socket.drop());
  assert.equal(w.state, 'live');
  assert.equal(w.gaps.length, 1);
  const dials = w.sockets.map((socket) => Boolean(socket.url.searchParams.get('since')));
  assert.deepEqual(dials, [true, true, false, true, false, true, false], 'one without it to compare, and the same once more');
  assert.ok(!w.states.slice(0, -1).some(([state]) => state === 'live'), 'the page sees only the last one');
});

test('a person who starts again after a failure does not ask with the refused cursor', async () => {
  const w = await world((socket) => {
    socket.open();
    socket.send({ object: 'ws_error', code: 'CURSOR_TOO_OLD' });
  });
  w.stream.stop();
  await w.live();
  assert.equal(w.since(), null);
});

// What follows is no refusal of the cursor, which stays.
for (const [name, end] of Object.entries({
  'a lost connection': (socket) => socket.drop(1006),
  'a restart': (socket) => socket.drop(1012),
  'a server error': (socket) => socket.drop(1011, 'internal'),
  'a close for the token': (socket) => socket.drop(4401),
  'a close that speaks of the token': (socket) => socket.drop(1008, 'token expired'),
})) {
  test(`${name}, again and again`, async () => {
    const w = await world((socket) => {
      socket.open();
      end(socket);
    });
    assert.equal(w.gaps.length, 0);
    assert.equal(withCursor(w), w.sockets.length);
  });
}

test('an outage in which nothing opens keeps the cursor', async () => {
  const w = new World({ since: id(1) });
  w.stream.start();
  for (let i = 0; i < 3000; i++) {
    await w.time.advance(100);
    if (w.state === 'connecting' && w.socket && !w.socket.seen) {
      w.socket.seen = true;
      w.socket.drop();
    }
  }
  assert.ok(w.sockets.length > 15);
  assert.ok(withCursor(w) >= (w.sockets.length * 2) / 3 - 1, 'most attempts are with the cursor');
  w.willing = true;
  await w.time.advance(60_000);
  assert.equal(w.state, 'live');
  assert.equal(w.since(), id(1));
  assert.equal(w.gaps.length, 0);
});

test('an outage that ends while it is tried without the cursor loses nothing', async () => {
  const w = new World({ since: id(1) });
  w.stream.start();
  while (w.state !== 'live') {
    await w.time.advance(100);
    if (w.state !== 'connecting' || !w.socket || w.socket.seen) continue;
    w.socket.seen = true;
    if (w.sockets.length < 3) w.socket.drop();
    else w.socket.open();
  }
  assert.deepEqual(w.sockets.map((socket) => socket.url.searchParams.get('since')), [id(1), id(1), null, id(1)]);
  w.socket.drop();
  while (w.sockets.length < 5) await w.time.advance(100);
  w.socket.drop(); // and another one begins
  await w.reopen();
  assert.equal(w.since(), id(1));
  assert.equal(w.gaps.length, 0);
});

test('a quiet account whose connections end with their tokens keeps the cursor', async () => {
  const w = new World({ since: id(1) });
  w.willing = true;
  w.stream.start();
  await w.time.advance(1000);
  for (let i = 0; i < 10; i++) {
    const { socket } = w;
    const minted = w.requests[socket.url.searchParams.get('token').split('-')[1] - 1];
    await w.time.advance(minted + 59_000 - w.time.elapsed);
    assert.equal(w.socket, socket);
    socket.drop(1008);
    assert.equal(w.why.message, 'The token has expired.');
    await w.time.advance(1000);
    assert.equal(w.since(), id(1));
  }
  assert.equal(w.gaps.length, 0);
});

test('a refusal long ago does not count', async () => {
  const w = await new World({ since: id(1) }).live();
  const refuse = () => w.socket.send({ object: 'ws_error', code: 'CURSOR_TOO_OLD' });
  refuse();
  await w.reopen();
  w.socket.send(event(2));
  refuse();
  await w.reopen();
  refuse();
  await w.reopen();
  assert.equal(w.since(), id(1), 'the second event is too new to be resumed after');
  refuse();
  await w.reopen();
  assert.equal(w.since(), null);
});
