/** How emphasis looks: escape codes for a terminal, nothing for a file. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
}

const same = (text: string) => text;
export const noPaint: Paint = { bold: same, dim: same, red: same, yellow: same, green: same };

/** Reports fit a terminal of this width. */
export const WIDTH = 100;

const unruly = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const everyUnruly = new RegExp(unruly, 'gu');

/** One line that cannot steer a terminal or end a comment, whatever a name holds. */
export const oneLine = (text: string): string =>
  unruly.test(text) ? text.replaceAll(/\s*[\r\n]+\s*/gu, ' ').replaceAll(everyUnruly, '\u{fffd}') : text;

/** Words in lines that fit; the first begins with `indent`, the others with as many spaces. */
export function wrap(text: string, indent = '', width = WIDTH): string {
  const lines: string[] = [];
  let line = indent;
  let empty = true;
  for (const word of oneLine(text).split(' ').filter(Boolean)) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      [line, empty] = [' '.repeat(indent.length), true];
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line].join('\n');
}

/** Columns side by side, figures on the right. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[], indent = '  '): string {
  const shown = rows.map((row) => row.map(oneLine));
  const widths = head.map((name, i) => Math.max(name.length, ...shown.map((row) => row[i]?.length ?? 0)));
  const numeric = head.map(
    (_, i) => shown.length > 0 && shown.every((row) => /^[–\d][\d.,]*( |$)/u.test(row[i] ?? '')),
  );
  const line = (cells: readonly string[]) =>
    `${indent}${cells.map((c, i) => (numeric[i] ? c.padStart(widths[i] ?? 0) : c.padEnd(widths[i] ?? 0))).join('  ')}`.trimEnd();
  return [...(head.some(Boolean) ? [line(head)] : []), ...shown.map(line)].join('\n');
}

/** Parts with an empty line between them; those that are null are left out. */
export const sections = (parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null && part !== '').join('\n\n');
