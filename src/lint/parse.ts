import { innerStatements } from './do-blocks.ts';
import { kindOf } from './nodes.ts';
import { unitsOf } from './source.ts';
import { NotSql, rawStatements, type Statement } from './statement.ts';
import { skipComments, type Token, tokensOf } from './tokens.ts';

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
    const rest = { index, block: null, opaque: false, masked: sql.slice(start, last) !== text.slice(start, last) };
    return [{ node, kind: kindOf(node), text: text.slice(start, last), start, end: last, ...rest }];
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

const psqlSend = /\\g(?:exec|set|desc|x)?\b[^\n]*$/gmu;
const psqlCommand = /^\\[^\n]*$/gmu;
const copiedRows = /^(COPY\s[^;]*\sFROM\s+stdin\b[^;]*;)([^\n]*\n[^]*?^\\\.)\r?$/gimu;
const placeholder = /\{\{[^\n{}]*\}\}/gu;

/**
 * What psql reads itself, blanked: its commands and the rows after COPY … FROM stdin; its variables, and those of templates, as names.
 * Every place stays the same.
 */
const withoutPsql = (text: string): string =>
  withoutVariables(
    text
      .replaceAll(copiedRows, (_, copy: string, rows: string) => copy + blank(rows))
      .replaceAll(psqlSend, (command) => `;${blank(command.slice(1))}`)
      .replaceAll(psqlCommand, blank)
      .replaceAll(placeholder, (all) => 'p'.padEnd(all.length, all.length < 60 ? '_' : ' ')),
  );

/** `:name`, `:'name'`, `:"name"`. */
function withoutVariables(text: string): string {
  const parts: string[] = [];
  let [from, before] = [0, ''];
  for (const { kind, start, end } of tokensOf(text)) {
    if (before === ':' && text[start - 1] === ':' && text[start - 2] !== ':' && isName[kind] === true) {
      parts.push(text.slice(from, start - 1), kind === 'word' ? '_' : ' ');
      from = start;
    }
    before = text.slice(start, end);
  }
  return parts.join('') + text.slice(from);
}

const isName: Readonly<Partial<Record<Token['kind'], true>>> = { word: true, string: true, name: true };

const blank = (text: string): string => text.replaceAll(/[^\n]/gu, (c) => ' '.repeat(c.length));
