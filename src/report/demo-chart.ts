import type { DemoReport } from './demo-report.ts';
import { escapeHtml } from './demo-html.ts';

const WIDTH = 1120;
const HEIGHT = 400;
const PLOT = { left: 68, right: WIDTH - 16, top: 70, bottom: HEIGHT - 34 };

type Point = DemoReport['series'][number];
type Line = 'p50Ms' | 'p99Ms' | 'maxMs';
interface Scale {
  readonly x: (atMs: number) => number;
  readonly y: (ms: number) => number;
  readonly endMs: number;
  readonly highestMs: number;
}

/** Latency over time on a logarithmic scale, with the phases as bands behind it. Classes are styled by the page. */
export function demoChart(report: DemoReport): string {
  const { series, latency, stall } = report;
  const scale = scaleFor(report);
  const lines: readonly Line[] = ['maxMs', 'p99Ms', 'p50Ms'];
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Latency of the application over time, with the phases of the migration">
${latency.map((phase, i) => band(phase, i, scale)).join('\n')}
${gridLines(scale)}
${timeAxis(scale)}
${limit(stall.limitMs, scale)}
${lines.map((line) => `<path class="line ${line}" d="${path(series, line, scale)}"/>`).join('\n')}
${legend()}
</svg>`;
}

function scaleFor({ series, latency, stall }: DemoReport): Scale {
  const endMs = Math.max(1, ...latency.map(({ toMs }) => toMs));
  const decades = Math.ceil(Math.log10(Math.max(stall.limitMs * 1.2, ...series.map(({ maxMs }) => maxMs))));
  const lowest = 0.1;
  const span = decades - Math.log10(lowest);
  const { left, right, top, bottom } = PLOT;
  return {
    endMs,
    highestMs: 10 ** decades,
    x: (atMs) => round(left + ((right - left) * atMs) / endMs),
    y: (ms) => round(bottom - ((bottom - top) * (Math.log10(Math.max(ms, lowest)) - Math.log10(lowest))) / span),
  };
}

function band({ label, fromMs, toMs }: DemoReport['latency'][number], index: number, { x }: Scale): string {
  const width = round(x(toMs) - x(fromMs));
  const text = escapeHtml(label);
  // Neighbouring labels stand on three levels, so that short phases can be named too.
  const labelY = 16 + 17 * (index % 3);
  const atEnd = x(fromMs) > WIDTH * 0.85;
  return `<g class="band ${index % 2 ? 'odd' : 'even'}"><title>${text}</title><rect x="${x(fromMs)}" y="${PLOT.top}" width="${width}" height="${PLOT.bottom - PLOT.top}"/>
<path class="tick" d="M${x(fromMs)} ${labelY - 9}V${PLOT.bottom}"/><text text-anchor="${atEnd ? 'end' : 'start'}" x="${round(x(fromMs) + (atEnd ? -4 : 4))}" y="${labelY}">${text}</text></g>`;
}

function gridLines({ y, highestMs }: Scale): string {
  const values: number[] = [];
  for (let ms = 0.1; ms <= highestMs * 1.01; ms *= 10) values.push(ms);
  return values
    .map((ms) => {
      const name = ms < 1 ? ms.toFixed(1) : String(Math.round(ms));
      return `<path class="grid" d="M${PLOT.left} ${y(ms)}H${PLOT.right}"/><text class="axis" text-anchor="end" x="${PLOT.left - 8}" y="${round(y(ms) + 4)}">${name} ms</text>`;
    })
    .join('\n');
}

function timeAxis({ x, endMs }: Scale): string {
  const every = [1, 2, 5, 10, 15, 30, 60, 120, 300].find((step) => endMs / 1000 / step <= 12) ?? 600;
  const ticks = Array.from({ length: Math.floor(endMs / 1000 / every) + 1 }, (_, i) => i * every);
  return ticks
    .map((s) => `<text class="axis" text-anchor="middle" x="${x(s * 1000)}" y="${PLOT.bottom + 20}">${s} s</text>`)
    .join('');
}

const limit = (limitMs: number, { y }: Scale) =>
  `<path class="limit" d="M${PLOT.left} ${y(limitMs)}H${PLOT.right}"/><text class="limit-name" text-anchor="end" x="${PLOT.right - 4}" y="${round(y(limitMs) - 5)}">limit for a stall, ${limitMs} ms</text>`;

const path = (series: readonly Point[], line: Line, { x, y }: Scale) =>
  series.map((point, i) => `${i === 0 ? 'M' : 'L'}${x(point.atMs)} ${y(point[line])}`).join('');

function legend(): string {
  const names: readonly (readonly [Line, string])[] = [
    ['p50Ms', 'p50'],
    ['p99Ms', 'p99'],
    ['maxMs', 'max'],
  ];
  return names
    .map(([line, name], i) => {
      const x = PLOT.left + 12 + 70 * i;
      return `<path class="line ${line}" d="M${x} ${PLOT.top + 16}h20"/><text class="axis" x="${x + 26}" y="${PLOT.top + 20}">${name}</text>`;
    })
    .join('');
}

const round = (value: number) => Math.round(value * 10) / 10;
