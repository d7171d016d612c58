import { locksOf } from './locks.ts';
import type { Severity } from './rule.ts';
import type { Found } from './run-section.ts';
import { keyOf, shown } from './world/objects.ts';
import type { World } from './world/world.ts';

/** A table as the database has it; its bytes with indexes and TOAST. */
export interface TableSize {
  readonly schema: string;
  readonly name: string;
  /** Null when nobody counted. */
  readonly rows: number | null;
  readonly bytes: number;
}

/** What is read, rewritten or built within a few milliseconds. */
const SMALL = 1024 * 1024;

/** With sizes known: how large the tables of a statement are, and what is for information only because all are small. */
export function withSize(
  found: Found,
  { sizes, world, pg }: { readonly sizes: readonly TableSize[]; readonly world: World; readonly pg: number },
): { readonly severity: Severity; readonly message: string } {
  const { statement, message, rule } = found;
  const { severity } = rule;
  if (sizes.length === 0) return { severity, message };
  const keys = new Set(locksOf(statement.node, world, pg).map(({ relation }) => keyOf(relation)));
  const tables = sizes.filter((table) => keys.has(keyOf(table)));
  if (tables.length === 0) return { severity, message };
  const isShort = rule.scales && tables.every(({ bytes }) => bytes <= SMALL);
  const said = `${message} (${tables.map(sizeText).join(', ')})`;
  return { severity: isShort ? 'info' : severity, message: said };
}

const sizeText = (table: TableSize): string =>
  `${shown(table)}: ${table.rows === null ? '' : `${Math.round(table.rows).toLocaleString('en-US')} rows, `}${bytesText(table.bytes)}`;

function bytesText(bytes: number): string {
  const [unit, size] =
    bytes >= 2 ** 30
      ? (['GB', 2 ** 30] as const)
      : bytes >= 2 ** 20
        ? (['MB', 2 ** 20] as const)
        : (['kB', 2 ** 10] as const);
  return `${(bytes / size).toFixed(bytes >= 2 ** 30 ? 1 : 0)} ${unit}`;
}
