// The console's modules that need no document.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api, ApiError } from '../../console/static/api.js';
import { Changes } from '../../console/static/changes.js';
import { Collection, MOST } from '../../console/static/collection.js';
import { memberText } from '../../console/static/member.js';
import { readRoute, routeTo } from '../../console/static/router.js';
import { dateOf, dayWords, durationOf, millisOf, offsetWords, shortId } from '../../console/static/words.js';

const settle = async () => {
  for (let i = 0; i < 20; i++) await new Promise((done) => setImmediate(done));
};

/** A simulator's stream of changes, and timers that run when they are told to. */
class Feed {
  states = [];
  told = [];
  lost = 0;
  restarts = 0;
  timers = [];
  opened = 0;
  answer = () => this.stream();

  constructor() {
    this.changes = new Changes({
      open: async (signal) => {
        this.opened++;
        this.signal = signal;
        return this.answer();
      },
      onChanges: (changes) => this.told.push(...changes.map(({ kind, id }) => `${kind} ${id}`)),
      onLost: () => this.lost++,
      onRestart: () => this.restarts++,
      onState: (state, detail) => this.states.push([state, detail]),
      after: (run, ms) => {
        const timer = { run, ms };
        this.timers.push(timer);
        return timer;
      },
      cancel: (timer) => (this.timers = this.timers.filter((each) => each !== timer)),
      random: () => 0.5,
    });
    this.changes.start();
  }

  stream() {
    return new ReadableStream({ start: (controller) => (this.controller = controller) });
  }

  async send(...lines) {
    await settle();
    for (const line of lines) {
      const bytes = new TextEncoder().encode(typeof line === 'string' ? line : `${JSON.stringify(line)}\n`);
      for (const byte of lines.length > 1 ? [bytes] : Array.from(bytes, (each) => Uint8Array.of(each))) this.controller.enqueue(byte);
    }
    await settle();
  }

  async run() {
    const due = this.timers.splice(0);
    for (const { run } of due) run();
    await settle();
    return due.map(({ ms }) => ms);
  }

  get state() {
    return this.states.at(-1)[0];
  }
}

test('changes are told together, each once', async () => {
  const feed = new Feed();
  await feed.send({ kind: 'hello', seq: 7 }, { kind: 'invoice', id: 'inv_1', seq: 8 }, { kind: 'invoice', id: 'inv_1', seq: 9 }, { kind: 'request', id: 17, seq: 10 }, { kind: 'clock', seq: 11 });
  assert.deepEqual(feed.told, []);
  assert.equal(feed.state, 'live');
  await feed.run();
  assert.deepEqual(feed.told, ['invoice inv_1', 'request 17', 'clock ']);
  assert.equal(feed.lost, 0);
});

test('a line may come in pieces, and lines that are no change are skipped', async () => {
  const feed = new Feed();
  await feed.send('{"kind":"hello","seq":0}\n\nnot JSON\nnull\n[]\n{"id":"x"}\n{"kind":7}\n{"kind":"invo', 'ice","id":"\u00e9', '","seq":1}\n');
  await feed.send('{"kind":"order","id":"ü","seq":2}\n'); // byte by byte
  await feed.run();
  assert.deepEqual(feed.told, ['invoice é', 'order ü']);
  assert.equal(feed.state, 'live');
});

test('lost means that everything is loaded again', async () => {
  const feed = new Feed();
  await feed.send({ kind: 'hello', seq: 0 }, { kind: 'lost' });
  assert.equal(feed.lost, 1);
  assert.equal(feed.state, 'live');
});

test('a connection that ends is opened again, later and later; what was missed is loaded', async () => {
  const feed = new Feed();
  await feed.send({ kind: 'hello', seq: 1 }, { kind: 'clock', seq: 3 }, { kind: 'fault', seq: 2 });
  await feed.run();
  feed.controller.close();
  await settle();
  assert.equal(feed.state, 'waiting');
  feed.answer = () => Promise.reject(new ApiError(0, 'The simulator does not answer.'));
  const waits = [];
  for (let i = 0; i < 7; i++) waits.push(...(await feed.run()));
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  assert.equal(feed.states.at(-1)[1].message, 'The simulator does not answer.');
  feed.answer = () => feed.stream();
  await feed.run();
  await feed.send({ kind: 'hello', seq: 3 });
  assert.equal(feed.lost, 0, 'nothing has happened meanwhile');
  feed.controller.close();
  await settle();
  assert.deepEqual(await feed.run(), [500], 'the connection was good');
  await feed.send({ kind: 'hello', seq: 4 });
  assert.equal(feed.lost, 1);
});

test('another simulator in the same place has the page loaded again, once it was accepted', async () => {
  const feed = new Feed();
  await feed.send({ kind: 'hello', seq: 0 });
  feed.answer = () => Promise.reject(new ApiError(401, 'no'));
  feed.controller.close();
  await settle();
  await feed.run();
  assert.equal(feed.restarts, 1);
  assert.equal(feed.state, 'refused');
  assert.deepEqual(await feed.run(), [], 'it is not asked again');

  const stranger = new Feed();
  stranger.answer = () => Promise.reject(new ApiError(401, 'no'));
  stranger.changes.stop();
  stranger.changes.start();
  await settle();
  assert.equal(stranger.restarts, 0);
  assert.equal(stranger.state, 'refused');
});

test('a line without an end is not kept', async () => {
  const feed = new Feed();
  await feed.send({ kind: 'hello', seq: 0 }, 'x'.repeat(100_000));
  assert.equal(feed.state, 'waiting');
  assert.ok(feed.signal.aborted);
});

test('after stop nothing is told', async () => {
  const feed = new Feed();
  await feed.send({ kind: 'hello', seq: 0 }, { kind: 'invoice', id: 'a', seq: 1 });
  feed.changes.stop();
  assert.ok(feed.signal.aborted);
  await feed.run();
  assert.deepEqual(feed.told, []);
});

/** A list of the simulator: numbers, the newest first. */
function numbers(newest) {
  const list = { newest, asked: [], fail: false, words: new Map() };
  const updates = [];
  list.things = new Collection({
    load: async ({ limit, before, search }) => {
      list.asked.push({ before, search });
      if (list.fail) throw new Error('down');
      const from = before === undefined ? list.newest : Number(before) - 1;
      const items = [];
      for (let n = from; n > 0 && items.length < limit; n--) items.push({ n, word: list.words.get(n) ?? '' });
      await list.hold;
      return { items, more: from - items.length > 0 };
    },
    one: async (id) => ({ n: Number(id), word: list.words.get(Number(id)) ?? '' }),
    pick: (raw) => ({ ...raw }),
    key: ({ n }) => String(n),
    onUpdate: (fresh) => updates.push([...fresh]),
  });
  list.updates = updates;
  list.shown = () => list.things.items.map(({ n }) => n);
  return list;
}

const down = (from, to) => Array.from({ length: from - to + 1 }, (_, i) => from - i);

test('a list is loaded page by page', async () => {
  const list = numbers(250);
  await list.things.reload();
  assert.deepEqual(list.shown(), down(250, 151));
  await list.things.next();
  await list.things.next();
  assert.deepEqual(list.shown(), down(250, 1));
  assert.equal(list.things.more, false);
  await list.things.next();
  assert.equal(list.asked.length, 3);
});

test('what is new comes to the front, what has changed is told', async () => {
  const list = numbers(250);
  await list.things.reload();
  await list.things.next();
  list.newest = 253;
  list.words.set(250, 'paid');
  const kept = list.things.items[5];
  await list.things.refresh(['253', '250']);
  assert.deepEqual(list.shown(), down(253, 51));
  assert.deepEqual(list.updates.at(-1), ['253', '252', '251', '250']);
  assert.ok(list.things.items.includes(kept), 'what is the same stays the same object');
});

test('when more is new than a page has, nothing is missing between the old and the new', async () => {
  const list = numbers(100);
  await list.things.reload();
  list.newest = 350;
  await list.things.refresh(['350']);
  assert.deepEqual(list.shown(), down(350, 251));
  assert.equal(list.things.more, true);
  for (let i = 0; i < 3; i++) await list.things.next();
  assert.deepEqual(list.shown(), down(350, 1));
});

test('of a list that is loaded to its end, nothing more is asked for', async () => {
  const list = numbers(150);
  await list.things.reload();
  await list.things.next();
  list.newest = 151;
  await list.things.refresh(['151']);
  assert.equal(list.things.more, false);
  assert.deepEqual(list.shown(), down(151, 1));
});

test('a look at what is new that a search overtakes is thrown away', async () => {
  const list = numbers(5);
  await list.things.reload();
  list.newest = 6;
  let answer = () => {};
  list.hold = new Promise((done) => (answer = done));
  const look = list.things.refresh(['6']);
  list.hold = undefined;
  list.newest = 3;
  await list.things.reload('x');
  answer();
  await look;
  assert.deepEqual(list.shown(), [3, 2, 1]);
});

test('after a reset only what is there is shown', async () => {
  const list = numbers(250);
  await list.things.reload();
  list.newest = 2;
  await list.things.refresh([]);
  assert.deepEqual(list.shown(), [2, 1]);
  assert.equal(list.things.more, false);
});

test('an old one that has changed is brought up to date when it is seen', async () => {
  const list = numbers(250);
  await list.things.reload();
  await list.things.next();
  list.words.set(60, 'paid');
  await list.things.refresh(['60']);
  const find = () => list.things.items.find(({ n }) => n === 60);
  assert.equal(find().word, '');
  await list.things.freshen([find()]);
  assert.equal(find().word, 'paid');
  assert.deepEqual(list.updates.at(-1), ['60']);
  const updates = list.updates.length;
  await list.things.freshen([find()]);
  assert.equal(list.updates.length, updates, 'once');
});

test('a search starts anew; an answer to the one before is thrown away', async () => {
  const list = numbers(5);
  await list.things.reload();
  const slow = list.things.reload('old');
  const fast = list.things.reload('new');
  await Promise.all([slow, fast]);
  assert.equal(list.things.search, 'new');
  assert.deepEqual(list.asked.map(({ search }) => search), ['', 'old', 'new']);
  assert.equal(list.updates.length, 2);
});

test('memory has a limit', async () => {
  const list = numbers(50_000);
  await list.things.reload();
  for (let i = 0; i < 200; i++) await list.things.next();
  assert.equal(list.things.items.length, MOST);
  assert.equal(list.things.more, false);
  assert.ok(list.asked.length <= MOST / 100 + 1, `${list.asked.length}`);
  list.newest = 50_001;
  await list.things.refresh(['50001']);
  assert.equal(list.things.items.length, MOST);
  assert.equal(list.shown()[0], 50_001);
});

test('what went wrong is kept until it goes well', async () => {
  const list = numbers(3);
  list.fail = true;
  await list.things.reload();
  assert.equal(list.things.error, 'down');
  list.fail = false;
  await list.things.refresh(['3']);
  assert.equal(list.things.error, '');
  assert.deepEqual(list.shown(), [3, 2, 1]);
});

test('the token goes out as a header, never in an address', async () => {
  const calls = [];
  const answers = [Response.json({ success: true, data: { a: 1 } }), Response.json({ success: false, error: { code: 'X', message: 'url: only this machine' } }, { status: 400 }), new Response('<h1>', { status: 502 }), new Response('{', { status: 200 }), new Response('', { status: 401 })];
  const api = new Api('s3cret', new URL('http://127.0.0.1:3000/_pepaytest/'), async (url, init) => {
    calls.push([String(url), init]);
    return answers.shift();
  });
  assert.deepEqual(await api.get('invoices', { limit: 5, before: undefined, search: 'a&b', none: '' }), { a: 1 });
  await assert.rejects(api.post('webhooks', { url: 'http://x' }), new ApiError(400, 'url: only this machine'));
  await assert.rejects(api.get('state'), new ApiError(502, 'The simulator answered 502.'));
  await assert.rejects(api.get('state'), /not JSON/);
  await assert.rejects(api.remove('streams/1'), (error) => error.status === 401);
  assert.deepEqual(calls.map(([url]) => url.slice(33)), ['invoices?limit=5&search=a%26b', 'webhooks', 'state', 'state', 'streams/1']);
  for (const [url, init] of calls) {
    assert.equal(init.headers['x-pepaytest-token'], 's3cret');
    assert.equal(init.credentials, 'omit');
    assert.equal(init.redirect, 'error');
    assert.ok(!url.includes('s3cret'));
  }
});

for (const [hash, want] of [
  ['', { view: '', id: '', search: '' }],
  ['#/invoices', { view: 'invoices', id: '', search: '' }],
  ['#/invoices/inv%2F1', { view: 'invoices', id: 'inv/1', search: '' }],
  ['#/invoices/a%3Fb%23', { view: 'invoices', id: 'a?b#', search: '' }],
  ['#/webhooks/1/33', { view: 'webhooks', id: '1/33', search: '' }],
  ['#/requests?search=a%26b+c', { view: 'requests', id: '', search: 'a&b c' }],
  ['#/x/%', { view: 'x', id: '%', search: '' }],
]) {
  test(`the route ${hash}`, () => {
    assert.deepEqual(readRoute(hash), want);
    if (want.view !== 'x' && want.view) assert.deepEqual(readRoute(routeTo(want.view, want.id, want.search)), want);
  });
}

test('a member of JSON, with its digits', () => {
  const json = '{"data": {"a": {"invoice": 1}, "x": "invoice\\":", "list": ["invoice", {"invoice": 2}], "\\u0069nvoice" : {"n": 9007199254740993, "d": 1.10, "l": [[], {}]} , "y": 12}, "more": {"order": 3}}';
  for (const [path, want] of /** @type {[string[], string][]} */ ([
    [['data', 'invoice'], '{"n": 9007199254740993, "d": 1.10, "l": [[], {}]}'],
    [['data', 'invoice', 'n'], '9007199254740993'],
    [['data', 'invoice', 'l'], '[[], {}]'],
    [['data', 'x'], '"invoice\\":"'],
    [['more', 'order'], '3'],
    [['data', 'order'], ''],
    [['data', 'y', 'order'], ''],
    [['data', 'list', 'invoice'], ''],
    [['nothing'], ''],
  ])) {
    assert.equal(memberText(json, path), want, path.join('.'));
  }
  assert.equal(memberText('[]', ['data']), '');
  assert.equal(memberText('{"data":null}', ['data', 'invoice']), '');
});

test('days', () => {
  const now = new Date(2026, 10, 26, 0, 30);
  assert.equal(dayWords(new Date(2026, 10, 26, 23, 59), now), '');
  assert.equal(dayWords(new Date(NaN), now), '');
  assert.match(dayWords(new Date(2026, 10, 25, 23, 59), now), /25/);
  assert.doesNotMatch(dayWords(new Date(2026, 10, 25), now), /2026/);
  assert.match(dayWords(new Date(2025, 10, 26), now), /2025/);
});

test('words', () => {
  assert.deepEqual(['12.50', '$3', '0.001', ' 7 ', '', '1,5', '-1', '1.2345', '1e3', 'x'].map(millisOf), [12500, 3000, 1, 7000, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual([0, 900_000, 43_200_000, -60_000, 90_060_000, 1000].map(offsetWords), ['real time', '15 min ahead', '12 h ahead', '1 min behind', '1 d 1 h 1 min ahead', 'less than a minute ahead']);
  assert.deepEqual([undefined, 0, 340, 1500, 25_400, 999_400, 2_500_000].map(durationOf), ['', '0 µs', '340 µs', '1.5 ms', '25 ms', '999 ms', '2.5 s']);
  assert.equal(dateOf(1766320496).toISOString(), dateOf('2025-12-21T12:34:56Z').toISOString());
  assert.equal(dateOf(1766320496000).toISOString(), '2025-12-21T12:34:56.000Z');
  for (const bad of [0, '', null, undefined, 'soon']) assert.ok(Number.isNaN(dateOf(bad).getTime()), String(bad));
  assert.equal(shortId('550e8400-e29b-41d4-a716-446655440000'), '550e8400…');
  assert.equal(shortId('order_48213'), 'order_48213');
});
