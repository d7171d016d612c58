import { innerStatements } from './do-blocks.ts';
import { kindOf } from './nodes.ts';
import { unitsOf } from './source.ts';
import { NotSql, rawStatements, type Statement } from './statement.ts';
import { skipComments, tokensOf } from './tokens.ts';

/** The statements of a text in their order, those inside DO blocks after the block. */
export function parseStatements(text: string): readonly Statement[] {
  const nul = text.indexOf('\0');
  if (nul !== -1) throw new NotSql('It holds a NUL byte, which no SQL can. If it is UTF-16, write it as UTF-8.', nul);
  return parsed(text).flatMap((statement) => [statement, ...innerStatements(statement)]);
}

function parsed(text: string): readonly Statement[] {
  try {
    return split(text, text);
  } catch (error) {
    const masked = withoutPsql(text);
    if (masked === text) throw error;
    return split(masked, text);
  }
}

function split(sql: string, text: string): readonly Statement[] {
  const index = unitsOf(sql);
  return rawStatements(sql).flatMap(({ stmt: node, stmt_location = 0, stmt_len = 0 }) => {
    if (!node) return [];
    const end = stmt_len === 0 ? sql.length : index(stmt_location + stmt_len);
    const start = skipComments(sql, index(stmt_location), end);
    const last = endOf(sql, start, end);
    return [
      { node, kind: kindOf(node), text: text.slice(start, last), start, end: last, index, block: null, opaque: false },
    ];
  });
}

/** Without the space and comments that follow the last token. */
function endOf(sql: string, start: number, end: number): number {
  const trimmed = start + sql.slice(start, end).trimEnd().length;
  if (!/--|\*\//u.test(sql.slice(start, trimmed))) return trimmed;
  let last = start;
  for (const token of tokensOf(sql, start, trimmed)) if (token.kind !== 'comment') last = token.end;
  return last;
}

const psqlCommand = /^\\[^\n]*$/gmu;
const copiedRows = /^(COPY\s[^;]*\sFROM\s+stdin\b[^;]*;)([^\n]*\n[^]*?^\\\.)\r?$/gimu;

/** What psql reads itself, blanked: its commands and the rows after COPY … FROM stdin. Every place stays the same. */
const withoutPsql = (text: string): string =>
  text.replaceAll(copiedRows, (_, copy: string, rows: string) => copy + blank(rows)).replaceAll(psqlCommand, blank);

const blank = (text: string): string => text.replaceAll(/[^\n]/gu, (c) => ' '.repeat(c.length));
