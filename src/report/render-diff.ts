/** A file that changes from one text to another; null when it is not there yet. */
interface Changed {
  readonly path: string;
  readonly before: string | null;
  readonly after: string;
}

const AROUND = 3;

/** The changes as `git apply` reads them: one part for each file, from its first line that differs to its last. */
export const renderDiff = (changes: readonly Changed[]): string => changes.map(ofFile).join('\n');

function ofFile({ path, before, after }: Changed): string {
  const [old, now] = [linesOf(before ?? ''), linesOf(after)];
  let first = 0;
  while (first < old.length && first < now.length && old[first] === now[first]) first++;
  let same = 0;
  while (same < Math.min(old.length, now.length) - first && old.at(-1 - same) === now.at(-1 - same)) same++;
  const from = Math.max(0, first - AROUND);
  const after3 = Math.min(same, AROUND);
  const [oldEnd, nowEnd] = [old.length - same, now.length - same];
  const range = (end: number) => {
    const count = end + after3 - from;
    return `${count === 0 ? 0 : from + 1},${count}`;
  };
  return [
    before === null ? `--- /dev/null` : `--- a/${path}`,
    `+++ b/${path}`,
    `@@ -${range(oldEnd)} +${range(nowEnd)} @@`,
    ...old.slice(from, first).map((line) => ` ${line}`),
    ...old.slice(first, oldEnd).map((line) => `-${line}`),
    ...now.slice(first, nowEnd).map((line) => `+${line}`),
    ...now.slice(nowEnd, nowEnd + after3).map((line) => ` ${line}`),
  ].join('\n');
}

/** With what git says about a last line that does not end. */
function linesOf(text: string): readonly string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  return last === '' ? lines : [...lines, `${last}\n\\ No newline at end of file`];
}
