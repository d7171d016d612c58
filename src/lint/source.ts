/** Where something is in a file: lines and columns from 1, columns in UTF-16 units, the end exclusive. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Turns an index into a line and a column. A byte order mark does not count: editors do not show it. */
export function linesOf(text: string): (index: number) => { line: number; column: number } {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (index) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: index - (starts[low] ?? 0) + 1 };
  };
}

/** The parser counts UTF-8 bytes, we count UTF-16 units. */
export function unitsOf(text: string): (byte: number) => number {
  if (/^[\0-\x7f]*$/u.test(text)) return (byte) => byte;
  const units: number[] = [];
  for (let unit = 0; unit < text.length; unit++) {
    const code = text.charCodeAt(unit);
    const paired = code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(unit + 1) & 0xfc00) === 0xdc00;
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : paired ? 4 : 3;
    for (let i = 0; i < bytes; i++) units.push(unit);
    if (paired) unit++;
  }
  return (byte) => units[byte] ?? text.length;
}

/** An index counted in code points, as PostgreSQL's messages do, in UTF-16 units. */
export function unitOfCodePoint(text: string, point: number): number {
  let unit = 0;
  for (let i = 0; i < point && unit < text.length; i++) unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  return unit;
}
