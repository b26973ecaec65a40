import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World, event, id, settle } from './harness.mjs';

test('opens with a token, and with what was asked for', async () => {
  const w = await new World({ types: ['invoice.*', 'commerce.order.updated'], since: id(7) }).live();
  const { url } = w.socket;
  assert.equal(url.origin + url.pathname, 'wss://pepay.example/ws/merchant/events');
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    format: 'event_v1',
    types: 'invoice.*,commerce.order.updated',
    since: id(7),
    token: 'token-1',
  });
  w.socket.send(event(8));
  assert.deepEqual(w.events, [id(8)]);
  assert.equal(w.stream.since, id(8));
});

test('a lost connection is resumed after the last event, with the same token', async () => {
  const w = await new World().live();
  w.socket.send(event(1));
  w.socket.send(event(2));
  w.socket.drop();
  assert.equal(w.state, 'waiting');
  assert.match(w.why.message, /lost/);
  await w.time.advance(500);
  assert.equal(w.sockets.length, 2);
  assert.equal(w.socket.url.searchParams.get('since'), id(2));
  assert.equal(w.socket.url.searchParams.get('token'), 'token-1');
  assert.equal(w.requests.length, 1);
  w.socket.open();
  w.socket.send(event(2)); // at least once
  w.socket.send(event(3));
  assert.deepEqual(w.events, [id(1), id(2), id(3)]);
  assert.equal(w.stream.duplicates, 1);
});

test('the dedupe window forgets the oldest', async () => {
  const w = await new World({ dedupeWindow: 3 }).live();
  for (const n of [1, 2, 3, 1, 4, 2, 1]) w.socket.send(event(n));
  assert.deepEqual(w.events, [1, 2, 3, 4, 1].map(id)); // 1 was forgotten when 4 came, 2 was not
});

test('the next token comes before the end, and a close at the end is resumed at once', async () => {
  const w = await new World().live();
  assert.deepEqual(w.tokens, [{ life: 59_000, renewals: 0 }]);
  await w.time.advance(50_000);
  assert.equal(w.requests.length, 1);
  await w.time.advance(4_000);
  assert.equal(w.requests.length, 2);
  assert.deepEqual(w.tokens[1], { life: 59_000, renewals: 1 });
  w.socket.send(event(1));
  await w.time.advance(6_000);
  assert.equal(w.sockets.length, 1, 'the token in hand does not touch the open connection');
  w.socket.drop(1008);
  assert.equal(w.why.message, 'The token has expired.');
  await w.time.advance(250);
  assert.equal(w.sockets.length, 2);
  assert.equal(w.requests.length, 2, 'without asking again');
  assert.equal(w.socket.url.searchParams.get('token'), 'token-2');
  assert.equal(w.socket.url.searchParams.get('since'), id(1));
});

test('goes on renewing for as long as it is open', async () => {
  const w = await new World().live();
  for (let minute = 0; minute < 10; minute++) {
    await w.time.advance(60_000);
    w.socket.send(event(minute));
  }
  assert.ok(w.requests.length >= 10 && w.requests.length <= 13, `${w.requests.length} tokens in ten minutes`);
  assert.equal(w.sockets.length, 1);
});

test('a long life does not overflow a timer', async () => {
  const w = new World();
  w.life = 400 * 24 * 3600;
  await w.live();
  assert.equal(w.requests.length, 1);
});

test('a token that is shared and comes again is asked for again before it ends', async () => {
  const w = new World();
  const first = w.token();
  const body = await first.text();
  w.answer = () => w.json(200, body);
  await w.live();
  await w.time.advance(54_000);
  assert.equal(w.requests.length, 2);
  assert.equal(w.tokens.length, 1, 'the same token is no renewal');
  w.answer = () => w.token();
  await w.time.advance(5_000);
  assert.equal(w.tokens.length, 2);
  await w.time.advance(60_000);
  assert.ok(w.requests.length <= 6, `${w.requests.length} requests`);
});

for (const [name, skew] of [['behind', -3 * 3600_000], ['ahead', 3 * 3600_000]]) {
  test(`a clock that is ${name} does not matter`, async () => {
    const w = new World();
    w.time.jump = skew;
    await w.live();
    assert.deepEqual(w.tokens, [{ life: 59_000, renewals: 0 }]);
    assert.equal(w.stream.tokenLeft, 59_000);
    await w.time.advance(50_000);
    assert.equal(w.requests.length, 1);
    await w.time.advance(4_000);
    assert.equal(w.requests.length, 2);
  });
}

test('a clock that is set back does not keep a token alive', async () => {
  const w = await new World().live();
  w.time.jump = -3600_000;
  await w.time.advance(40_000);
  assert.equal(w.stream.tokenLeft, 19_000);
});

test('a machine that slept asks for a new token', async () => {
  const w = await new World().live();
  w.time.elapsed += 3600_000; // no timer ran
  w.time.asleep = 3600_000;
  w.socket.drop();
  await w.time.advance(500);
  assert.equal(w.socket.url.searchParams.get('token'), 'token-2');
});

for (const [name, life, more, change] of [
  ['expires_in is the life', 60_000, { expires_in: 60 }, () => {}],
  ['a fraction of expires_in counts', 12_500, { expires_in: 12.5 }, () => {}],
  ['expires_in needs no Date', 60_000, { expires_in: 60 }, (headers) => headers.delete('Date')],
  ['expires_in needs no Date that is right', 60_000, { expires_in: 60 }, (headers) => headers.set('Date', 'Thu, 01 Jan 1970 00:00:00 GMT')],
  ['expires_in needs no expires_at', 60_000, { expires_in: 60, expires_at: undefined }, () => {}],
  ['without expires_in, expires_at is compared with Date', 59_000, {}, () => {}],
  ['an expires_in that is no number is none', 59_000, { expires_in: 'soon' }, () => {}],
  ['expires_at as text', 59_000, { expires_at: '2026-01-01T00:01:00.000Z' }, () => {}],
  ['without a Date header this clock has to do', 59_000, {}, (headers) => headers.delete('Date')],
]) {
  test(name, async () => {
    const w = new World();
    if (more.expires_in > 0) w.time.jump = -7200_000; // and this clock does not matter
    w.answer = () => {
      const response = w.token(more);
      change(response.headers);
      return response;
    };
    await w.live();
    assert.equal(w.tokens[0].life, life);
  });
}

test('the back-off grows with full jitter and is bounded', async () => {
  for (const [random, waits] of [
    [0, [0, 0, 0]],
    [0.5, [250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000]],
    [0.999, [499.5, 999, 1998]],
  ]) {
    const w = await new World({ random: () => random }).live();
    for (const wait of waits) {
      w.socket.drop();
      assert.equal(Math.round(w.why.wait), Math.round(wait));
      await w.time.advance(wait);
      await settle();
      w.socket.open();
    }
  }
});

test('only a connection that was healthy resets the back-off', async () => {
  const w = await new World({ since: id(1) }).live();
  for (const wait of [250, 500, 1000]) {
    w.socket.drop();
    assert.equal(w.why.wait, wait);
    await w.time.advance(wait);
    w.socket.open();
    w.socket.send(event(w.sockets.length));
  }
  await w.time.advance(31_000);
  w.socket.drop();
  assert.equal(w.why.wait, 250);
});

test('a server that closes at once, again and again, is not stormed', async () => {
  const w = new World();
  w.life = 2; // and each token is near its end
  w.stream.start();
  for (let i = 0; i < 600; i++) {
    await w.time.advance(100);
    if (w.state === 'connecting' && w.socket && !w.socket.used) {
      w.socket.used = true;
      w.socket.open();
      w.socket.drop();
    }
  }
  assert.ok(w.sockets.length < 30, `${w.sockets.length} connections in a minute`);
  assert.ok(w.requests.length < 30, `${w.requests.length} tokens in a minute`);
});

test('a connection that is refused takes a new token', async () => {
  const w = new World();
  w.stream.start();
  await settle();
  w.socket.drop(); // never opened
  assert.match(w.why.message, /did not open/);
  await w.time.advance(500);
  assert.equal(w.socket.url.searchParams.get('token'), 'token-2');
});

test('a connection that does not open in time is given up', async () => {
  const w = new World();
  w.stream.start();
  await w.time.advance(15_000);
  assert.equal(w.state, 'waiting');
  assert.equal(w.socket.closedWith, 0);
  w.socket.open(); // too late
  assert.equal(w.state, 'waiting');
});

for (const [status, message, signIn] of [[401, 'You are not signed in any more.', true], [403, 'You may not see these events.', false]]) {
  test(`${status} from the endpoint ends it until the page starts it again`, async () => {
    const w = new World();
    w.answer = () => w.json(status, { error: 'forbidden' });
    w.stream.start();
    await w.time.advance(3600_000);
    assert.equal(w.state, 'refused');
    assert.deepEqual(w.why, { message, signIn });
    assert.equal(w.requests.length, 1);
    w.stream.nudge();
    await w.time.advance(60_000);
    assert.equal(w.requests.length, 1);
    w.answer = () => w.token();
    await w.live();
  });
}

test('a redirect, to a sign-in page for instance, is a refusal', async () => {
  const w = new World();
  w.answer = () => Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' });
  w.stream.start();
  await settle();
  assert.equal(w.state, 'refused');
  assert.equal(w.why.signIn, true);
});

test('who is signed out loses the stream at the next renewal', async () => {
  const w = await new World().live();
  w.answer = () => w.json(403, { error: 'forbidden' });
  await w.time.advance(60_000);
  assert.equal(w.state, 'refused');
  assert.equal(w.sockets[0].closedWith, 1000);
  await w.time.advance(3600_000);
  assert.equal(w.requests.length, 2);
});

test('429 waits for as long as it says, in seconds or as a date', async () => {
  for (const value of ['120', new Date(Date.UTC(2026, 0, 1, 0, 2)).toUTCString()]) {
    const w = new World();
    w.time.jump = -7200_000;
    w.answer = () => w.json(429, { error: 'rate_limited' }, { 'Retry-After': value });
    w.stream.start();
    await settle();
    assert.equal(w.state, 'waiting');
    assert.equal(w.why.wait, 120_000);
    w.stream.nudge(); // a person who comes back does not change that
    await w.time.advance(119_000);
    assert.equal(w.requests.length, 1);
    await w.time.advance(1_000);
    assert.equal(w.requests.length, 2);
  }
});

test('an endpoint that fails is asked less and less often, and says so', async () => {
  const w = new World();
  w.answer = () => w.json(502, { error: 'ws_token_unavailable' });
  w.stream.start();
  await w.time.advance(10 * 60_000);
  assert.ok(w.requests.length > 20 && w.requests.length < 60, `${w.requests.length} requests in ten minutes`);
  assert.match(w.why.message, /No token is available/);
  w.answer = () => w.token();
  await w.reopen();
});

test('a renewal that fails leaves the stream open and is tried again', async () => {
  const w = await new World().live();
  w.answer = () => {
    throw new TypeError('Failed to fetch');
  };
  await w.time.advance(5 * 60_000);
  assert.equal(w.state, 'live');
  assert.match(w.problems[0], /cannot be reached/);
  assert.ok(w.requests.length < 30, `${w.requests.length} requests in five minutes`);
  assert.equal(w.sockets.length, 1, 'nothing can be said about the connection without a token');
  w.answer = () => w.token();
  w.willing = true;
  await w.time.advance(30_000);
  assert.equal(w.tokens.length, 2);
  assert.equal(w.sockets.length, 2, 'the probe that was due');
});

test('an endpoint that does not answer is given up', async () => {
  const w = new World();
  w.answer = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  w.stream.start();
  await w.time.advance(15_000);
  assert.equal(w.state, 'waiting');
});

for (const [name, answer] of Object.entries({
  'no JSON': (w) => w.json(200, '<html>'),
  'no token': (w) => w.token({ token: '' }),
  'no expiry': (w) => w.token({ expires_at: null }),
  'no address': (w) => w.token({ ws_url: undefined }),
  'an address in the clear': (w) => w.token({ ws_url: 'ws://pepay.example/ws' }),
  'an address of another kind': (w) => w.token({ ws_url: 'https://pepay.example/ws' }),
  'an expired token': (w) => w.token({ expires_at: 1 }),
  'a token with no life left': (w) => w.token({ expires_in: 0 }),
})) {
  test(`${name} opens nothing`, async () => {
    const w = new World();
    w.answer = () => answer(w);
    w.stream.start();
    await settle();
    assert.equal(w.state, 'waiting');
    assert.equal(w.sockets.length, 0);
  });
}

test('another status is a mistake that waiting does not mend', async () => {
  const w = new World();
  w.answer = () => w.json(404, '');
  w.stream.start();
  await w.time.advance(60_000);
  assert.equal(w.state, 'failed');
  assert.equal(w.requests.length, 1);
});

test('stop closes everything, and start goes on after the last event', async () => {
  const w = await new World().live();
  w.socket.send(event(1));
  w.stream.stop();
  assert.equal(w.state, 'stopped');
  assert.equal(w.socket.closedWith, 1000);
  w.socket.drop();
  await w.time.advance(3600_000);
  assert.equal(w.sockets.length, 1);
  assert.equal(w.time.timers.size, 0);
  await w.live();
  assert.equal(w.socket.url.searchParams.get('since'), id(1));
});

test('stop while the token is on its way opens nothing', async () => {
  const w = new World();
  w.stream.start();
  w.stream.stop();
  await settle();
  assert.equal(w.sockets.length, 0);
  assert.equal(w.state, 'stopped');
});

test('start twice is start once', async () => {
  const w = await new World().live();
  w.stream.start();
  await settle();
  assert.equal(w.sockets.length, 1);
});

test('a nudge cuts a pause short', async () => {
  const w = await new World().live();
  w.socket.drop();
  w.stream.nudge();
  await settle();
  assert.equal(w.sockets.length, 2);
  await w.time.advance(60_000);
  assert.ok(w.sockets.length <= 6);
});
