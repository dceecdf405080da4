// Lines over time as SVG, without anything from elsewhere.

export type LineOf = { name: string; points: { at: number; value: number }[] };
/** `seconds` is the length of all charts of a page, so that they stand under each other. */
export type Chart = { title: string; unit: string; lines: LineOf[]; seconds: number; limit?: number; steps?: boolean };

const WIDTH = 960;
const HEIGHT = 230;
const LEFT = 56;
const RIGHT = 10;
const TOP = 12;
const BOTTOM = 26;
const COLOURS = 12;

export const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export const clock = (seconds: number) =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/** A round number at or above: 1, 2, 2.5 or 5 times a power of ten. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 2.5, 5, 10].find((times) => times * power >= value) ?? 10);
}

const number = (value: number) => String(Math.round(value * 100) / 100);

export function svg({ title, unit, lines, seconds, steps = false }: Chart): string {
  const drawn = lines.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) return '';
  const top = roundUp(Math.max(...drawn.flatMap(({ points }) => points.map(({ value }) => value))));
  const length = Math.max(seconds, 1);
  const x = (at: number) => number(LEFT + (Math.min(at, length) / length) * (WIDTH - LEFT - RIGHT));
  const y = (value: number) => number(TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM));
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(top * share)}" y2="${y(top * share)}"/>` +
      `<text x="${LEFT - 6}" y="${Number(y(top * share)) + 4}" text-anchor="end">${number(top * share)}</text>`,
  );
  const times = [0, 0.2, 0.4, 0.6, 0.8, 1].map(
    (share) =>
      `<text x="${x(length * share)}" y="${HEIGHT - 6}" text-anchor="${share === 1 ? 'end' : 'middle'}">${clock(length * share)}</text>`,
  );
  const paths = drawn.map(({ name, points }, at) => {
    // What changes by steps is level until it changes.
    const path = points.map(({ at: when, value }, place) =>
      place > 0 && steps ? `H${x(when)}V${y(value)}` : `${place === 0 ? 'M' : 'L'}${x(when)} ${y(value)}`,
    );
    return `<path class="line c${at % COLOURS}" data-name="${escape(name)}" d="${path.join('')}"><title>${escape(name)}</title></path>`;
  });
  const legend = drawn.map(
    ({ name, points }, at) =>
      `<span><i class="c${at % COLOURS}"></i>${escape(name)} <small>${number(Math.max(...points.map(({ value }) => value)))}</small></span>`,
  );
  const values = drawn.map(({ name, points }) => [name, points.map(({ at, value }) => [Math.round(at), value])]);
  return `<figure data-unit="${escape(unit)}" data-seconds="${length}">
<figcaption><b>${escape(title)}</b> <small>${escape(unit)}; beside each name the highest</small></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}">${grid.join('')}${times.join('')}${paths.join('')}<line class="cursor" y1="${TOP}" y2="${HEIGHT - BOTTOM}" x1="-9" x2="-9"/></svg>
<p class="legend">${legend.join(' ')}</p><p class="at"></p>
<script type="application/json">${JSON.stringify(values).replaceAll('<', '\\u003c')}</script></figure>`;
}

export const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#ddd, #333); --soft: light-dark(#666, #aaa); }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 980px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
small, .soft { color: var(--soft); }
.verdict { padding: .7rem 1rem; border-radius: 6px; border-left: 6px solid; margin: 1rem 0; }
.good { background: light-dark(#e7f6ea, #12301a); border-color: #2b9348; } .bad { background: light-dark(#fdeaea, #3a1616); border-color: #d62828; }
.verdict ul { margin: .4rem 0 0; padding-left: 1.2rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); gap: .6rem; }
.cards div { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .7rem; } .cards b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } td, th { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
td:first-child, th:first-child, td.text { text-align: left; } td.no { color: #d62828; font-weight: 600; }
figure { margin: 1.6rem 0; } svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--soft); }
.grid { stroke: var(--line); } .cursor { stroke: var(--soft); stroke-dasharray: 3; } .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .85rem; margin: .2rem 0; } .legend i { display: inline-block; width: 1rem; height: 3px; margin-right: .35rem; vertical-align: middle; }
.at { font-size: .85rem; min-height: 1.3em; margin: 0; color: var(--soft); }
.bar { display: inline-block; height: .7rem; background: #3a86c8; border-radius: 2px; vertical-align: middle; }
${[
  '#1f77b4',
  '#e36414',
  '#2b9348',
  '#d62828',
  '#8f5bd0',
  '#8c6239',
  '#d957a8',
  '#6c757d',
  '#b5a300',
  '#00a6b8',
  '#4c3bcf',
  '#ff9f1c',
]
  .map((colour, at) => `.line.c${at} { stroke: ${colour}; } i.c${at} { background: ${colour}; }`)
  .join('\n')}`;

/** What stood at the time under the pointer. */
export const SCRIPT = `
for (const figure of document.querySelectorAll('figure')) {
  const svg = figure.querySelector('svg'), cursor = svg.querySelector('.cursor'), said = figure.querySelector('.at');
  const lines = JSON.parse(figure.querySelector('script').textContent), seconds = Number(figure.dataset.seconds);
  svg.addEventListener('pointermove', (event) => {
    const box = svg.getBoundingClientRect(), x = ((event.clientX - box.left) / box.width) * ${WIDTH};
    const at = Math.min(Math.max(((x - ${LEFT}) / ${WIDTH - LEFT - RIGHT}) * seconds, 0), seconds);
    const near = (points) => points.reduce((best, point) => (Math.abs(point[0] - at) < Math.abs(best[0] - at) ? point : best));
    cursor.setAttribute('x1', x); cursor.setAttribute('x2', x);
    said.textContent = Math.floor(at / 60) + ':' + String(Math.floor(at % 60)).padStart(2, '0') + '  ' +
      lines.map(([name, points]) => name + ' ' + Math.round(near(points)[1] * 10) / 10).join(' · ');
  });
}`;
