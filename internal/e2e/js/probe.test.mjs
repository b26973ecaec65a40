// Connections that look open and are not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World, browser, event, id, settle } from './harness.mjs';

/** Live, with an event behind it, and the limit for silence not near. */
async function quiet(options) {
  const w = await new World(options).live();
  w.socket.send(event(1));
  await w.time.advance(1000);
  return w;
}

test('silence is doubted after two minutes, and by then only', async () => {
  for (const [random, by] of [[0, 131_000], [0.5, 141_000], [0.999, 151_000]]) {
    const w = await quiet({ random: () => random });
    await w.time.advance(118_000);
    assert.equal(w.sockets.length, 1);
    await w.time.advance(by - 119_000);
    assert.equal(w.sockets.length, 2, `random ${random}`);
  }
});

for (const [name, give] of Object.entries({
  'an event': (socket) => socket.send(event(2)),
  'an event that came before': (socket) => socket.send(event(1)),
  'a control frame': (socket) => socket.send({ object: 'ws_control' }),
  'a frame of an unknown kind': (socket) => socket.send({ object: 'heartbeat' }),
  'a frame that cannot be read': (socket) => socket.send('hello'),
  'a binary frame': (socket) => socket.give(new ArrayBuffer(3)),
})) {
  test(`${name} shows that the connection is alive`, async () => {
    const w = await quiet();
    for (let i = 0; i < 10; i++) {
      await w.time.advance(100_000);
      give(w.socket);
    }
    assert.equal(w.sockets.length, 1);
  });
}

test('a probe takes the place of the connection, with the cursor and the token at hand', async () => {
  const w = await quiet();
  w.stream.nudge();
  await w.time.advance(3000);
  const [first, second] = w.sockets;
  assert.equal(second.url.searchParams.get('since'), id(1));
  assert.equal(second.url.searchParams.get('token'), 'token-1');
  assert.equal(w.requests.length, 1, 'no token is asked for');
  first.send(event(2)); // it was alive after all
  assert.equal(first.closedWith, undefined, 'as long as the other is not open');
  second.open();
  assert.equal(first.closedWith, 1000);
  first.send(event(9)); // on its way when it was closed
  for (const n of [2, 3]) second.send(event(n));
  assert.deepEqual(w.events, [1, 2, 3].map(id));
  assert.equal(w.stream.duplicates, 1);
  assert.deepEqual(w.states.map(([state]) => state), ['connecting', 'live'], 'the page sees none of it');
  first.drop(); // late
  assert.equal(w.state, 'live');
  await w.time.advance(60_000);
  assert.equal(w.requests.length, 2, 'tokens are renewed as before');
});

for (const [name, end] of Object.entries({
  'is refused': (w) => w.socket.drop(),
  'does not open in time': async (w) => {
    while (w.state === 'live') await w.time.advance(100);
    assert.ok(w.time.elapsed < 20_000);
  },
})) {
  test(`a probe that ${name} means that the connection is lost`, async () => {
    const w = await quiet();
    w.stream.nudge();
    await w.time.advance(3000);
    assert.equal(w.sockets.length, 2);
    await end(w);
    assert.equal(w.state, 'waiting');
    assert.equal(w.why.message, 'The connection did not answer any more.');
    assert.equal(w.sockets[0].closedWith, 1000);
    await w.reopen();
    assert.equal(w.since(), id(1));
    w.socket.send(event(2));
    assert.deepEqual(w.events, [1, 2].map(id));
  });
}

test('a connection that breaks while it is probed is replaced by the probe', async () => {
  const w = await quiet();
  w.stream.nudge();
  await w.time.advance(3000);
  w.sockets[0].drop();
  assert.equal(w.state, 'connecting');
  await w.time.advance(5000);
  assert.equal(w.sockets.length, 2, 'no third one');
  w.socket.open();
  assert.equal(w.state, 'live');
  w.socket.send(event(2));
  await w.time.advance(60_000);
  assert.equal(w.requests.length, 2, 'tokens are renewed');
  w.socket.drop();
  assert.equal(w.state, 'waiting');
});

test('a connection and its probe that both break are one loss', async () => {
  const w = await quiet();
  w.stream.nudge();
  await w.time.advance(3000);
  w.sockets[0].drop();
  w.sockets[1].drop();
  assert.equal(w.state, 'waiting');
  await w.reopen();
  assert.equal(w.sockets.length, 3);
});

test('at most one probe in half a minute, however often it is asked for', async () => {
  for (const random of [0, 0.999]) {
    const w = await quiet({ random: () => random });
    w.willing = true;
    for (let i = 0; i < 300; i++) {
      w.stream.nudge();
      await w.time.advance(1000);
    }
    const at = w.sockets.slice(1).map((socket) => socket.at);
    assert.ok(at.length >= 8 && at.length <= 11, `${at.length} probes in five minutes`);
    for (let i = 1; i < at.length; i++) assert.ok(at[i] - at[i - 1] >= 30_000, `${at}`);
  }
});

test('pages that are told at the same moment do not probe at the same moment', async () => {
  const dials = [];
  for (const random of [0, 0.3, 0.6, 0.9]) {
    const w = await quiet({ random: () => random });
    w.stream.nudge();
    while (w.sockets.length < 2) await w.time.advance(100);
    dials.push(w.time.elapsed);
  }
  assert.equal(new Set(dials).size, 4, `${dials}`);
});

test('without a token, one is fetched before the probe', async () => {
  const w = await quiet();
  w.time.sleep(8 * 3600_000);
  w.stream.nudge();
  await w.time.advance(3000);
  assert.equal(w.requests.length, 2);
  assert.equal(w.socket.url.searchParams.get('token'), 'token-2');
  w.socket.open();
  assert.equal(w.state, 'live');
  assert.equal(w.sockets.length, 2);
});

test('a probe that has no token waits for one, without a storm', async () => {
  const w = await quiet();
  w.time.sleep(8 * 3600_000);
  w.answer = () => w.json(503, {});
  for (let i = 0; i < 120; i++) {
    w.stream.nudge();
    await w.time.advance(1000);
  }
  assert.equal(w.state, 'live');
  assert.equal(w.sockets.length, 1);
  assert.ok(w.requests.length < 20, `${w.requests.length} requests in two minutes`);
  w.answer = () => w.token();
  w.willing = true;
  await w.time.advance(31_000);
  assert.equal(w.sockets.length, 2);
});

test('a probe whose token is refused ends the stream', async () => {
  const w = await quiet();
  w.time.sleep(8 * 3600_000);
  w.answer = () => w.json(401, {});
  w.stream.nudge();
  await w.time.advance(3000);
  assert.equal(w.state, 'refused');
  assert.equal(w.sockets[0].closedWith, 1000);
});

for (const [name, ms, wanted] of [['a long sleep', 3600_000, 2], ['a nap', 30_000, 2], ['a busy page', 5000, 1]]) {
  test(`${name}: a timer that is ${ms / 1000} s late`, async () => {
    const w = await quiet();
    w.time.sleep(ms);
    await w.time.advance(14_000);
    assert.equal(w.sockets.length, wanted);
  });
}

test('a network that comes back is a reason to probe', async (t) => {
  const { online } = browser(t);
  const w = await quiet();
  online();
  await w.time.advance(3000);
  assert.equal(w.sockets.length, 2);
});

test('a network that comes back cuts a pause short', async (t) => {
  const { online } = browser(t);
  const w = await quiet();
  for (let i = 0; i < 6; i++) {
    w.socket.drop();
    await w.time.advance(w.why.wait);
    w.socket.open();
  }
  w.socket.drop();
  const before = w.sockets.length;
  online();
  await settle();
  assert.equal(w.sockets.length, before + 1);
});

test('a hidden page does not probe', async (t) => {
  const { show } = browser(t);
  const w = await quiet();
  show(false);
  await w.time.advance(3600_000);
  assert.equal(w.sockets.length, 1);
  assert.ok(w.requests.length > 50, 'its tokens are renewed');
  show(true);
  await w.time.advance(3000);
  assert.equal(w.sockets.length, 2);
});

for (const [away, wanted] of [[1000, 1], [29_000, 1], [31_000, 2], [100_000, 2]]) {
  test(`a page that was hidden for ${away / 1000} s`, async (t) => {
    const { show } = browser(t);
    const w = await quiet();
    show(false);
    await w.time.advance(away);
    show(true);
    await w.time.advance(3000);
    assert.equal(w.sockets.length, wanted);
  });
}

test('a hidden page whose timers are held back does not probe, one that slept does', async (t) => {
  const { show } = browser(t);
  const w = await quiet();
  show(false);
  for (let i = 0; i < 20; i++) {
    w.time.elapsed += 60_000; // a browser runs them once a minute
    await w.time.advance(0);
  }
  assert.equal(w.sockets.length, 1);
  w.willing = true;
  w.time.sleep(3600_000);
  await w.time.advance(20_000);
  assert.equal(w.sockets.length, 2);
});

test('stop closes both connections and listens no longer', async (t) => {
  const { online, show } = browser(t);
  const w = await quiet();
  w.stream.nudge();
  await w.time.advance(3000);
  w.stream.stop();
  assert.deepEqual(w.sockets.map(({ closedWith }) => closedWith), [1000, 1000]);
  assert.equal(w.time.timers.size, 0);
  w.socket.open();
  online();
  show(false);
  await w.time.advance(3600_000);
  show(true);
  await w.time.advance(3600_000);
  assert.equal(w.state, 'stopped');
  assert.equal(w.sockets.length, 2);
});

test('a browser that forbids the probe ends the stream', async () => {
  const w = await quiet();
  w.forbid = true;
  w.stream.nudge();
  await w.time.advance(3000);
  assert.equal(w.state, 'failed');
  assert.equal(w.sockets[0].closedWith, 1000);
});
