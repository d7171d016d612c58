/** Puts an empty line before each table that follows a line of text: after a list item it would be taken for more of the item. Lines are numbered as before by `lineOf`. */
export function separateTables(text: string): { readonly text: string; readonly lineOf: (line: number) => number } {
  const result: string[] = [];
  const numbers: number[] = [];
  let fence: string | null = null;
  const lines = text.split('\n');
  lines.forEach((line, i) => {
    const [, run] = /^[\s>]*(`{3,}|~{3,})/u.exec(line) ?? [];
    if (fence === null && isText(lines[i - 1] ?? '') && startsTable(line, lines[i + 1] ?? '')) {
      result.push('');
      numbers.push(i + 1);
    }
    if (run && fence === null) fence = run;
    else if (run && fence !== null && run.startsWith(fence) && line.trim() === run) fence = null;
    result.push(line);
    numbers.push(i + 1);
  });
  return { text: result.join('\n'), lineOf: (line) => numbers[line - 1] ?? line };
}

const HEAD = /^\s*\|.*\|\s*$/u;
const DELIMITER = /^\s*\|(?:\s*:?-+:?\s*\|)+\s*$/u;
const startsTable = (line: string, next: string) => HEAD.test(line) && !line.includes('```') && DELIMITER.test(next);
const isText = (line: string) => line.trim() !== '' && !/^\s*\|/u.test(line);
