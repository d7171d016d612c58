import type { Section } from '../lint.ts';
import { byName, isSql, type Runner } from './runner.ts';

const header = /^\s*--\s*liquibase formatted sql/iu;
const changeset = /^[ \t]*--[ \t]*changeset[ \t]+[^\n]*$/gimu;

/** Formatted SQL: each changeset is a transaction of its own, unless it says runInTransaction:false. */
export const liquibase: Runner = {
  name: 'Liquibase formatted SQL',
  detect: ({ texts }) => [...texts.values()].some((text) => header.test(text)),
  read: (path, text) =>
    isSql(path) && header.test(text) ? { text: withEnds(text), sections: changesets(text) } : null,
  order: byName,
  wrapping: 'file',
};

/** Each changeset ends its last statement, and may have an end of statements of its own. Every place stays the same. */
function withEnds(text: string): string {
  const marks = [...text.matchAll(changeset)];
  const parts = marks.map(({ index, 0: line }, i) => {
    const body = text.slice(index + line.length, marks[i + 1]?.index);
    const delimiter = /\bendDelimiter:("[^"]+"|\S+)/iu.exec(line)?.[1]?.replaceAll(/^"|"$|^\\n/gu, '') ?? ';';
    const isSplit = delimiter !== ';' && !/\bsplitStatements:false\b/iu.test(line);
    return line.replace(/--./u, ';--') + (isSplit ? body.replaceAll(ending(delimiter), asEnd) : body);
  });
  return text.slice(0, marks[0]?.index) + parts.join('');
}

const ending = (delimiter: string): RegExp =>
  new RegExp(`(?<!\\w)${delimiter.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`)}[ \t]*$`, 'gimu');

const asEnd = (delimiter: string): string => ';'.padEnd(delimiter.length);

function changesets(text: string): readonly Section[] {
  const marks = [...text.matchAll(changeset)];
  return marks.map(({ index, 0: line }, i) => ({
    start: index,
    end: marks[i + 1]?.index ?? text.length,
    transaction: wrappingOf(line),
    ...(!/\brun(Always|OnChange):true\b/iu.test(line) && { version: nameOf(line) }),
  }));
}

function wrappingOf(line: string): Section['transaction'] {
  if (!/\brunInTransaction:false\b/iu.test(line)) return 'file';
  return /\bsplitStatements:false\b/iu.test(line) ? 'batch' : 'statement';
}

/** `author:id`, either of which may be quoted. */
const nameOf = (line: string): string => {
  const [, author = '', id = ''] = /changeset\s+("[^"]+"|[^:]+):\s*("[^"]+"|\S+)/iu.exec(line) ?? [];
  return `${author.replaceAll('"', '')}:${id.replaceAll('"', '')}`;
};
