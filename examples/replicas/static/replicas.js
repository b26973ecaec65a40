// What the page shows comes from /state, twice a second. Everything is put into the page
// as text.
// @ts-check

const pace = 500;
const svg = 'http://www.w3.org/2000/svg';

/** @param {string} id */
const byID = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** Sets a text, and leaves the page alone where it is the same.
 * @param {Element} node
 * @param {string | number} text */
function say(node, text) {
  if (node.textContent !== String(text)) node.textContent = String(text);
}

/** @param {string} tag @param {string} className @param {Element} parent */
function add(tag, className, parent) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  parent.append(node);
  return node;
}

/** @param {number} ms */
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** @param {number} ms */
function ago(ms) {
  return ms < 60_000 ? `${Math.floor(ms / 1000)} s ago` : `${Math.floor(ms / 60_000)} min ago`;
}

/** @param {number} n @param {string} one */
const many = (n, one) => `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;

/** The class of a standing, such as "stands by".
 * @param {string} standing */
const classOf = (standing) => standing.replace(' ', '');

/** @typedef {{standing: string, from: number, to: number}} Segment */
/** @typedef {{name: string, standing: string, pid: number, kills: number, state: string, fence: number, lag: number, streamed: number, delivered: number, repeated: number, segments: Segment[]}} Replica */
/** @typedef {{at: number, fence: number, from: string, to: string, why: string, took: number}} TakeOver */
/** @typedef {{since: number, window: number, rate: number, kill: number, life: number, holder: string, fence: number, counts: Record<string, number>, replicas: Replica[], lag: {at: number, lag: number}[], takings: number, longest: number, take_overs: TakeOver[]}} State */

/** @param {State} s */
function showCounts(s) {
  const c = s.counts;
  say(byID('emitted'), c.emitted.toLocaleString('en'));
  say(byID('effects'), c.effects.toLocaleString('en'));
  say(byID('underway'), (c.waiting - c.missing).toLocaleString('en'));
  for (const name of ['duplicates', 'missing']) {
    say(byID(name), c[name].toLocaleString('en'));
    byID(`${name}-box`).classList.toggle('bad', c[name] > 0);
  }
  say(byID('ways'), `${many(c.stream, 'event')} came first by the stream, ${c.webhook.toLocaleString('en')} as a webhook. The second time changes nothing.`);
  const killing = s.kill ? `A replica is killed every ${s.kill / 1000} s, and started again.` : 'Kill a replica: it is started again.';
  say(byID('plot'), `There ${s.rate === 1 ? 'is' : 'are'} ${many(s.rate, 'event')} per second. ${killing}`);
}

/** @param {State} s */
function showWho(s) {
  say(byID('who'), s.holder ? `${s.holder}, in term ${s.fence}` : 'nobody right now');
  const lanes = byID('lanes');
  s.replicas.forEach((r, i) => {
    let lane = lanes.children[i];
    if (!lane) {
      lane = add('div', 'lane', lanes);
      lane.setAttribute('aria-hidden', 'true'); // the list of replicas says it in words
      say(add('span', 'label', lane), r.name);
      const chart = document.createElementNS(svg, 'svg');
      chart.setAttribute('viewBox', '0 0 1000 10');
      chart.setAttribute('preserveAspectRatio', 'none');
      lane.append(chart);
    }
    const chart = /** @type {SVGElement} */ (lane.lastElementChild);
    chart.replaceChildren(...r.segments.map((segment) => {
      const rect = document.createElementNS(svg, 'rect');
      const x = 1000 * (1 - segment.from / s.window);
      rect.setAttribute('class', classOf(segment.standing));
      rect.setAttribute('x', x.toFixed(1));
      rect.setAttribute('width', Math.max(0, 1000 * (1 - segment.to / s.window) - x).toFixed(1));
      rect.setAttribute('height', '10');
      return rect;
    }));
  });
}

/** @param {State} s */
function showLag(s) {
  const top = Math.max(5000, ...s.lag.map((p) => p.lag));
  const points = s.lag.map((p) => `${(1000 * (1 - p.at / s.window)).toFixed(1)} ${(96 - 92 * p.lag / top).toFixed(1)}`);
  const [area, line] = byID('lag').children;
  if (!points.length) return;
  const first = points[0].split(' ')[0], last = points[points.length - 1].split(' ')[0];
  line.setAttribute('d', `M${points.join('L')}`);
  area.setAttribute('d', `M${first} 100L${points.join('L')}L${last} 100Z`);
  say(byID('lag-scale'), `0–${Math.ceil(top / 1000)} s`);
}

/** @param {Replica[]} replicas */
function showReplicas(replicas) {
  const list = byID('replicas');
  for (const r of replicas) {
    let item = list.querySelector(`[data-name="${CSS.escape(r.name)}"]`);
    if (!item) {
      item = add('li', '', list);
      item.setAttribute('data-name', r.name);
      const head = add('div', 'top', item);
      say(add('h3', '', head), r.name);
      add('span', 'pill', head);
      const facts = add('dl', '', item);
      for (const name of ['process', 'stream', 'last term', 'events of the stream', 'webhooks', 'repeated webhooks', 'killed']) {
        say(add('dt', '', facts), name);
        add('dd', '', facts);
      }
      const button = add('button', '', item);
      button.setAttribute('type', 'button');
      say(button, `Kill ${r.name}`);
      button.addEventListener('click', () => kill(r.name));
    }
    const pill = /** @type {HTMLElement} */ (item.querySelector('.pill'));
    pill.dataset.state = r.standing;
    say(pill, r.standing);
    const up = r.pid !== 0;
    const stream = !up || !r.state ? '–' : r.standing === 'follows' && r.lag > 1000 ? `${r.state}, ${seconds(r.lag)} behind` : r.state;
    const facts = [up ? r.pid : '–', stream, r.fence || '–', r.streamed, r.delivered, r.repeated, r.kills === 1 ? 'once' : many(r.kills, 'time')];
    item.querySelectorAll('dd').forEach((dd, i) => say(dd, facts[i]));
    const button = /** @type {HTMLButtonElement} */ (item.querySelector('button'));
    button.setAttribute('aria-disabled', String(!up)); // a disabled one would lose the focus
  }
}

/** @param {State} s */
function showTakeOvers(s) {
  const list = byID('takeovers');
  say(byID('takings'), s.takings ? `${many(s.takings, 'take-over')}, the longest took ${seconds(s.longest)}. A lease lives ${seconds(s.life)} without its holder.` : 'None yet.');
  while (list.children.length > s.take_overs.length) list.lastElementChild?.remove();
  s.take_overs.forEach((t, i) => {
    let item = list.children[i];
    if (!item) {
      item = add('li', '', list);
      for (const part of ['term', 'what', 'took', 'ago']) add('span', part, item);
    }
    const texts = [`term ${t.fence}`, `${t.to} took over: ${t.from} ${t.why}`, seconds(t.took), ago(t.at)];
    texts.forEach((text, part) => say(/** @type {Element} */ (item.children[part]), text));
  });
}

/** @param {string} name */
async function kill(name) {
  try {
    await fetch(`/kill/${encodeURIComponent(name)}`, { method: 'POST' });
  } catch { /* the next look says what is wrong */ }
  look();
}

/** @param {string} state @param {string} text */
function connection(state, text) {
  byID('connection').dataset.state = state;
  say(byID('connection'), text);
}

let looking = false;
async function look() {
  if (looking || document.hidden) return;
  looking = true;
  try {
    const answer = await fetch('/state', { signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(answer.statusText);
    const s = /** @type {State} */ (await answer.json());
    showCounts(s);
    showWho(s);
    showLag(s);
    showReplicas(s.replicas);
    showTakeOvers(s);
    connection('live', 'live');
  } catch {
    connection('lost', 'the example has ended');
  }
  looking = false;
}

document.addEventListener('visibilitychange', look);
setInterval(look, pace);
look();
