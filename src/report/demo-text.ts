import { type DemoReport, demoSummary } from './demo-report.ts';
import { demoFacts, type DemoTable, demoTables } from './demo-tables.ts';

/** The report for a terminal; its last line is the summary. */
export const renderDemoText = (report: DemoReport): string =>
  [facts(report), ...demoTables(report).map(renderTable), demoSummary(report)].join('\n\n');

function facts(report: DemoReport): string {
  const pairs = demoFacts(report);
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

function renderTable({ title, note, head, rows }: DemoTable): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, i) => pad(cell, widths[i] ?? 0, isNumeric(rows, i))).join('  ')}`.trimEnd();
  return [title, ...(note ? [`  ${note}`] : []), line(head), ...rows.map(line)].join('\n');
}

const pad = (cell: string, width: number, right: boolean) => (right ? cell.padStart(width) : cell.padEnd(width));

/** Figures stand on the right. */
export const isNumeric = (rows: DemoTable['rows'], column: number): boolean =>
  rows.every((row) => /^[\d–]/.test(row[column] ?? ''));
