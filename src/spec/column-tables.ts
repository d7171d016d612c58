import type { Table } from 'mdast';
import type { Entry } from './outline.ts';
import { textOf } from './outline.ts';
import type { SpecifiedColumn } from './requirements.ts';

const heads = {
  table: /^(?:table|table name|entity|model)$/u,
  column: /^(?:column|columns|column name|field|field name|name|attribute)$/u,
  type: /^(?:type|data type|datatype|sql type|column type)$/u,
  null: /^(?:null|nullable|null\?|nullable\?|not null|required|optional)$/u,
  default: /^(?:default|default value)$/u,
  before: /^(?:before|current|old|old type|from|today)$/u,
  after: /^(?:after|target|new|new type|to|proposed)$/u,
  constraints: /^(?:constraints?|notes|description|comment|comments|key|keys)$/u,
} as const;
type Head = keyof typeof heads;

/** The rows of a table, with what its head calls each cell. */
export function rowsOf(
  table: Table,
): readonly { readonly cells: Readonly<Record<string, string>>; readonly line: number | null }[] {
  const [head, ...rows] = table.children;
  const names = (head?.children ?? []).map((cell) => textOf(cell).toLowerCase());
  return rows.map((row) => ({
    cells: Object.fromEntries(row.children.map((cell, i) => [names[i] ?? '', textOf(cell)])),
    line: row.position?.start.line ?? null,
  }));
}

/** The columns that a table lists; empty when it is about something else. It needs a column, and a type or a before and after. */
export function columnsIn(entry: Entry, side: 'current' | 'target'): SpecifiedColumn[] {
  if (entry.node.type !== 'table') return [];
  const names = entry.node.children[0]?.children.map((cell) => textOf(cell).toLowerCase()) ?? [];
  const named = (head: Head) => names.find((name) => heads[head].test(name));
  const [column, type, before, after] = [named('column'), named('type'), named('before'), named('after')];
  if (column === undefined || (type === undefined && (before === undefined || after === undefined))) return [];
  const get = (cells: Readonly<Record<string, string>>, head: Head) => said(cells[named(head) ?? '']);
  return rowsOf(entry.node).flatMap(({ cells, line }): SpecifiedColumn[] => {
    const name = get(cells, 'column');
    if (name === null) return [];
    const base = {
      table: get(cells, 'table') ?? tableInHeading(entry.above),
      column: name,
      nullable: nullability(named('null'), get(cells, 'null'), get(cells, 'constraints')),
      default: get(cells, 'default'),
      rule: 'table of columns',
      ...{ line, block: entry.block },
    };
    if (before === undefined || after === undefined) return [{ ...base, type: get(cells, 'type'), change: 'is', side }];
    const [old, next] = [get(cells, 'before'), get(cells, 'after')];
    return [
      ...(old === null
        ? []
        : [{ ...base, type: old, side: 'current', change: next === null ? 'drop' : 'is' } as const]),
      ...(next === null ? [] : [{ ...base, type: next, side: 'target', change: old === null ? 'add' : 'is' } as const]),
    ];
  });
}

/** Dashes and words for nothing are nothing. */
const said = (cell: string | undefined): string | null =>
  cell === undefined || /^(?:|[-–—]+|n\/a|none|\(none\)|does not exist|dropped|removed)$/iu.test(cell.trim())
    ? null
    : cell.trim();

function nullability(head: string | undefined, cell: string | null, constraints: string | null): boolean | null {
  if (constraints !== null && /\bnot null\b|\bprimary key\b|^pk$/iu.test(constraints)) return false;
  if (head === undefined || cell === null) return null;
  if (/not null/iu.test(cell)) return false;
  const yes = /^(?:yes|y|true|✓|✅|x|null)$/iu.test(cell);
  return /not null|required/u.test(head) ? !yes : yes;
}

/** `users table (modification)`, `New Table: user_preferences`, `` `users` ``. */
function tableInHeading(above: readonly string[]): string | null {
  for (const heading of [...above].reverse()) {
    const [, after, before, only] =
      /\btables?\s*[:–-]?\s+([a-z_][\w.]*)|^(?:\d[\d.]*\s+)?([a-z_][\w.]*)\s+(?:table|model)\b|^([a-z]+_[a-z_]+)$/iu.exec(
        heading,
      ) ?? [];
    const name = after ?? before ?? only;
    if (name !== undefined && !/^(?:new|old|the|changes?|existing|current|target|schema|and)$/iu.test(name))
      return name;
  }
  return null;
}
