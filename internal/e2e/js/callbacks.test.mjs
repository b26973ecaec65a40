// What a page's callbacks may do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World, event, id, settle } from './harness.mjs';

const CALLBACKS = ['onEvent', 'onState', 'onToken', 'onProblem', 'onControl'];

/** Everything that calls a callback. */
async function live(w) {
  w.willing = true;
  w.stream.start();
  await w.time.advance(1000);
  w.socket?.send({ object: 'ws_control' });
  w.socket?.send(event(1));
  w.socket?.send({ ...event(2), livemode: 'odd' });
  w.socket?.send({ object: 'event' });
  w.socket?.drop();
  await w.time.advance(5000);
  w.socket?.send(event(3));
  await w.time.advance(100_000);
}

/** The page's mistakes as they were reported. */
function reported(t) {
  const errors = [];
  globalThis.reportError = (err) => errors.push(String(err));
  t.after(() => delete globalThis.reportError);
  return errors;
}

for (const callback of CALLBACKS) {
  for (const [kind, mistake] of Object.entries({
    throws: () => {
      throw new Error('a mistake of the page');
    },
    rejects: async () => {
      throw new Error('a mistake of the page');
    },
  })) {
    test(`${callback} that ${kind}`, async (t) => {
      const errors = reported(t);
      let calls = 0;
      const w = new World({
        [callback]: () => {
          calls++;
          return mistake();
        },
      });
      await live(w);
      await settle();
      assert.equal(w.state, 'live');
      assert.equal(w.stream.since, id(3), 'a mistake does not bring the same event again');
      if (callback !== 'onEvent') assert.deepEqual(w.events, [1, 2, 3].map(id));
      assert.ok(calls > 0);
      assert.deepEqual(errors, Array(calls).fill('Error: a mistake of the page'), 'the page is told of each');
    });
  }

  test(`${callback} that stops the stream`, async () => {
    let calls = 0;
    const w = new World({
      [callback]: () => {
        calls++;
        if (w.state !== 'stopped') w.stream.stop();
      },
    });
    await live(w);
    assert.ok(calls > 0);
    assert.equal(w.state, 'stopped');
    assert.equal(w.time.timers.size, 0);
    for (const { closedWith, dropped } of w.sockets) assert.ok(closedWith !== undefined || dropped);
  });
}

test('stop in onEvent keeps the event as handled', async () => {
  const w = new World({
    onEvent: (ev) => {
      w.events.push(ev.id);
      w.stream.stop();
    },
  });
  await w.live();
  w.socket.send(event(1));
  w.socket.send(event(2)); // of a connection that is not ours any more
  assert.deepEqual(w.events, [id(1)]);
  await w.live();
  assert.equal(w.since(), id(1));
});

test('stop and start in onEvent goes on after the event', async () => {
  const w = new World({
    onEvent: () => {
      w.stream.stop();
      w.stream.start();
    },
  });
  await w.live();
  w.socket.send(event(1));
  await w.reopen();
  assert.equal(w.since(), id(1));
});

test('stop when the page is told of a gap', async () => {
  const w = new World({ since: 'evt_old', onProblem: () => w.stream.stop() });
  await w.live();
  for (let i = 0; i < 2; i++) {
    w.socket.send({ object: 'ws_error', code: 'CURSOR_TOO_OLD' });
    if (i === 0) await w.reopen();
  }
  assert.equal(w.state, 'stopped');
  assert.equal(w.time.timers.size, 0);
});

test('without callbacks it works all the same', async () => {
  const w = new World({ onEvent: undefined, onState: undefined, onToken: undefined, onProblem: undefined, onControl: undefined });
  await live(w);
  assert.equal(w.state, 'live');
});
