// Events per type over the last minutes, as stacked bars.

import { KNOWN, Types, colorOf } from './types.js';

const BAR = 10_000; // milliseconds that one bar stands for
const BARS = 30;
const SVG = 'http://www.w3.org/2000/svg';

/** Counts events and draws them. The bars are for the eye; the legend has the numbers as text. */
export class Chart {
  #svg;
  #legend;
  /** @type {Map<number, Map<string, number>>} counts by bar and type */
  #bars = new Map();
  #drawn = '';
  #planned = false;
  #types = new Types();

  /**
   * @param {SVGSVGElement} svg
   * @param {HTMLElement} legend
   */
  constructor(svg, legend) {
    this.#svg = svg;
    this.#legend = legend;
  }

  /**
   * @param {string} type
   * @param {number} at
   */
  add(type, at) {
    const name = this.#types.name(type);
    const bar = Math.floor(at / BAR);
    const counts = this.#bars.get(bar) ?? new Map();
    counts.set(name, (counts.get(name) ?? 0) + 1);
    this.#bars.set(bar, counts);
    this.#forget(bar);
    if (this.#planned) return; // a hidden page gets no frames, and must not collect them
    this.#planned = true;
    requestAnimationFrame(() => {
      this.#planned = false;
      this.draw(Date.now());
    });
  }

  /** @param {number} last The bar that grows now. */
  #forget(last) {
    for (const bar of this.#bars.keys()) if (bar <= last - BARS) this.#bars.delete(bar);
  }

  /** @param {number} now */
  draw(now) {
    const last = Math.floor(now / BAR);
    this.#forget(last);
    const { clientWidth: width, clientHeight: height } = this.#svg;
    const bars = [...this.#bars].sort(([a], [b]) => a - b);
    const state = JSON.stringify([last, width, height, bars.map(([bar, counts]) => [bar, ...counts])]);
    if (state === this.#drawn || !width) return;
    this.#drawn = state;

    const totals = new Map();
    for (const [, counts] of bars) for (const [type, n] of counts) totals.set(type, (totals.get(type) ?? 0) + n);
    // The documented types are always there, so that the page below does not move with each.
    const types = [...KNOWN, ...[...totals.keys()].filter((type) => !KNOWN.includes(type)).sort()];
    this.#drawLegend(types, totals);
    this.#drawBars(width, height, last, types);
  }

  /**
   * @param {string[]} types
   * @param {Map<string, number>} totals
   */
  #drawLegend(types, totals) {
    this.#legend.replaceChildren(
      ...types.map((type) => {
        const item = document.createElement('li');
        item.className = totals.has(type) ? '' : 'none';
        const swatch = document.createElement('span');
        swatch.className = `swatch ${colorOf(type)}`;
        swatch.setAttribute('aria-hidden', 'true');
        const count = document.createElement('b');
        count.textContent = String(totals.get(type) ?? 0);
        item.append(swatch, type, ' ', count);
        return item;
      }),
    );
  }

  /**
   * @param {number} width
   * @param {number} height
   * @param {number} last
   * @param {string[]} types
   */
  #drawBars(width, height, last, types) {
    const left = 32;
    const bottom = height - 20;
    const top = 8;
    const highest = Math.max(0, ...[...this.#bars.values()].map((counts) => [...counts.values()].reduce((a, b) => a + b)));
    const scale = niceScale(highest);
    const y = (/** @type {number} */ n) => bottom - (n / scale) * (bottom - top);
    const step = (width - left) / BARS;

    const shapes = [];
    for (const n of [0, scale / 2, scale]) {
      shapes.push(element('line', { class: n ? 'grid' : 'axis', x1: left, x2: width, y1: y(n), y2: y(n) }));
      shapes.push(element('text', { x: left - 8, y: y(n) + 4, 'text-anchor': 'end' }, String(n)));
    }
    for (const [ago, label] of /** @type {[number, string][]} */ ([[BARS, '5 min ago'], [BARS * 0.6, '3 min ago'], [BARS * 0.2, '1 min ago'], [0, 'now']])) {
      if (ago && ago < BARS && width < 480) continue; // no room between the others
      const anchor = ago === BARS ? 'start' : ago ? 'middle' : 'end';
      shapes.push(element('text', { x: width - ago * step, y: height - 4, 'text-anchor': anchor }, label));
    }
    for (const [bar, counts] of this.#bars) {
      let from = 0;
      for (const type of types) {
        const n = counts.get(type) ?? 0;
        if (!n) continue;
        shapes.push(
          element('rect', {
            class: colorOf(type),
            x: left + (BARS - 1 - (last - bar)) * step + step * 0.12,
            width: step * 0.76,
            y: y(from + n),
            height: Math.max(1, y(from) - y(from + n) - 1), // a line between the parts: they differ by more than colour
          }),
        );
        from += n;
      }
    }
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    this.#svg.replaceChildren(...shapes);
  }
}

/** The next even number that is easy to read. @param {number} n */
function niceScale(n) {
  for (let power = 1; ; power *= 10) {
    for (const factor of [2, 3, 4, 5, 6, 8, 10]) if (n <= factor * power && (factor * power) % 2 === 0) return factor * power;
  }
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text) made.textContent = text;
  return made;
}
