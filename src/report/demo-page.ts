import { demoChart } from './demo-chart.ts';
import { escapeHtml } from './demo-html.ts';
import { type DemoReport, demoSummary } from './demo-report.ts';
import { demoFacts, type DemoTable, demoTables } from './demo-tables.ts';
import { isNumeric } from './demo-text.ts';

/** The report as one HTML page that needs nothing else: it can be mailed, archived or attached to a ticket. */
export const renderDemoHtml = (report: DemoReport): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(`${report.migration}: ${report.ok ? 'moved live' : 'failed'}`)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<p class="eyebrow">Lockkeeper demo · ${escapeHtml(report.migration)} · ${escapeHtml(report.startedAt)}</p>
<h1 class="${report.ok ? 'ok' : 'failed'}">${escapeHtml(demoSummary(report))}</h1>
</header>
<dl>${demoFacts(report)
  .map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`)
  .join('')}</dl>
<figure>
${demoChart(report)}
<figcaption>Latency of the application, counted from the moment each request was due, in windows of 250 ms on a logarithmic scale. The bands are the phases.</figcaption>
</figure>
${demoTables(report).map(renderTable).join('\n')}
</main>
</body>
</html>
`;

function renderTable({ title, note, head, rows }: DemoTable): string {
  const align = (column: number) => (isNumeric(rows, column) ? ' class="figure"' : '');
  const cells = (tag: 'th' | 'td', row: readonly string[]) =>
    row.map((cell, i) => `<${tag}${align(i)}>${escapeHtml(cell)}</${tag}>`).join('');
  return `<section>
<h2>${escapeHtml(title)}</h2>${note ? `\n<p>${escapeHtml(note)}</p>` : ''}
<div class="scroll"><table>
<thead><tr>${cells('th', head)}</tr></thead>
<tbody>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n')}</tbody>
</table></div>
</section>`;
}

const style = `
:root { --paper: #fbfbf9; --card: #fff; --ink: #1d2733; --soft: #5b6775; --rule: #dfe3e8; --band: #eef2f6; --p50: #2a7f9e; --p99: #c9731a; --max: #b9bec6; --bad: #b3261e; --good: #1f7a4d; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #12161b; --card: #1a2027; --ink: #e6eaef; --soft: #98a4b1; --rule: #2c343d; --band: #1f2730; --p50: #5cc0e0; --p99: #f0a24f; --max: #76828e; --bad: #ff8a80; --good: #6fd3a0; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
main { max-width: 1200px; margin: 0 auto; padding: 40px 24px 64px; }
.eyebrow { margin: 0; color: var(--soft); font-size: 13px; }
h1 { margin: 6px 0 24px; font-size: 22px; line-height: 1.35; font-weight: 600; border-left: 4px solid; padding-left: 14px; }
h1.ok { border-color: var(--good); }
h1.failed { border-color: var(--bad); }
h2 { margin: 40px 0 8px; font-size: 16px; font-weight: 600; }
p { margin: 0 0 8px; color: var(--soft); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 1px; margin: 0 0 28px; background: var(--rule); border: 1px solid var(--rule); border-radius: 8px; overflow: hidden; }
dl div { background: var(--card); padding: 12px 14px; }
dt { color: var(--soft); font-size: 12px; }
dd { margin: 2px 0 0; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
figure { margin: 0; padding: 16px; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; }
figcaption { margin-top: 8px; color: var(--soft); font-size: 13px; }
svg { display: block; width: 100%; height: auto; font: 12px system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
svg text { fill: var(--ink); }
svg .axis, svg .limit-name { fill: var(--soft); }
.band rect { fill: transparent; }
.band.even rect { fill: var(--band); }
.band text { font-weight: 600; }
.tick { stroke: var(--soft); stroke-width: 0.75; stroke-dasharray: 2 3; }
.grid { stroke: var(--rule); stroke-width: 1; }
.limit { stroke: var(--bad); stroke-width: 1; stroke-dasharray: 6 4; }
.line { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
.p50Ms { stroke: var(--p50); }
.p99Ms { stroke: var(--p99); }
.maxMs { stroke: var(--max); }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { color: var(--soft); font-size: 12px; font-weight: 500; text-align: left; }
th, td { padding: 7px 14px; border-top: 1px solid var(--rule); white-space: nowrap; }
thead th { border-top: 0; }
.figure { text-align: right; font-variant-numeric: tabular-nums; }
`;
