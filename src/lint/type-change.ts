import type { ColumnDef, Node } from '@pgsql/types';
import { baseOf, isConstrainedDomain } from './domains.ts';
import { as, columnOf } from './nodes.ts';
import type { Command, Context } from './rule.ts';
import { type ColumnType, sameType, typeOf, typeText } from './world/column-type.ts';
import { columnNamed } from './world/objects.ts';

/** Why a change of type keeps the table locked for long; null when only the catalog changes. */
export function whyTypeChangeIsSlow(context: Context, { column: to, table, name }: Command): string | null {
  const target = typeOf(to?.typeName);
  const column = columnNamed(table, name);
  if (!to || !target) return null;
  if (!column?.type) return 'nobody said what type it has now, so the table may be rewritten';
  if (!isRelabeled(column.type, target, context))
    return `${typeText(column.type)} to ${typeText(target)} rewrites the table`;
  if (!isPlainCast(to.raw_default, name, target)) return 'USING is computed for each row, which rewrites the table';
  const check = table.constraints.find(({ kind, columns }) => kind === 'check' && columns.includes(name));
  if (check) return `the CHECK ${check.name} is checked again for all rows`;
  return whyIndexIsRebuilt(context, table, name, to, column.type, target);
}

function whyIndexIsRebuilt(
  { world }: Context,
  table: Command['table'],
  name: string,
  to: ColumnDef,
  from: ColumnType,
  target: ColumnType,
): string | null {
  const indexes = world
    .indexesOf(table)
    .filter((index) => index.columns.includes(name) || index.mentioned.includes(name));
  const otherOrder =
    from.name !== target.name && (from.name.startsWith('timestamp') || [from.name, target.name].includes('citext'));
  const rebuilt = indexes.find(
    (index) => otherOrder || to.collClause !== undefined || mentionsOutsideKeys(index, name),
  );
  if (rebuilt) return `the index ${rebuilt.name} is rebuilt`;
  return to.collClause && !table.complete ? 'indexes of it are rebuilt for the other collation' : null;
}

/** In its WHERE or in an expression. */
const mentionsOutsideKeys = (index: { readonly mentioned: readonly string[] }, name: string): boolean =>
  index.mentioned.includes(name);

/** The values on disk stay as they are. */
function isRelabeled(from: ColumnType, to: ColumnType, context: Context): boolean {
  if (sameType(from, to)) return true;
  const [base, target] = [baseOf(from, context.world), baseOf(to, context.world)];
  if (target !== to) return !isConstrainedDomain(to, context.world) && isRelabeled(base, target, context);
  if (base !== from) return isRelabeled(base, to, context);
  if ((from.schema ?? to.schema) !== null || from.array !== to.array) return false;
  if (from.array) return isUnlimited(from, to);
  const pair = `${from.name}>${to.name}`;
  if (from.name !== to.name)
    return isTimeZoneOnly(pair, from, to, context) || (coercible.has(pair) && to.modifiers.length === 0);
  return to.modifiers.length === 0 ? widening.has(from.name) : isWidened(from, to);
}

/** Where a limit is checked an array is made anew, even for one that lets all values be; without any nothing is checked. */
const isUnlimited = (from: ColumnType, to: ColumnType): boolean =>
  from.name === to.name && to.modifiers.length === 0 && widening.has(from.name);

const coercible = new Set([
  ...['cidr>inet', 'text>varchar', 'varchar>text'],
  ...['citext>text', 'citext>varchar', 'text>citext', 'varchar>citext'],
]);
const widening = new Set(['varchar', 'varbit', 'timestamp', 'timestamptz', 'time', 'timetz', 'interval', 'numeric']);

/** Times have six digits when nobody says how many. */
const digits = 6;
/** What the parser says of an interval whose fields are not limited. */
const allFields = 0x7fff;
const times = new Set(['timestamp', 'timestamptz', 'time', 'timetz']);

/** Of the same type, with a limit that lets all values be. */
function isWidened({ name, modifiers: from }: ColumnType, { modifiers: to }: ColumnType): boolean {
  if (name === 'interval') return (from[0] ?? allFields) === to[0] && isWider(from[1] ?? digits, to[1]);
  if (times.has(name)) return isWider(from[0] ?? digits, to[0]);
  if (name === 'numeric') return isWider(from[0], to[0]) && (from[1] ?? 0) === (to[1] ?? 0);
  return widening.has(name) && isWider(from[0], to[0]);
}

/** No limit is the widest. */
const isWider = (from: number | undefined, to: number | undefined): boolean =>
  to === undefined || (from !== undefined && to >= from);

const utc = new Set(['utc', 'gmt', 'etc/utc', 'etc/gmt', 'zulu', 'uct', '0']);

function isTimeZoneOnly(pair: string, from: ColumnType, to: ColumnType, { world, pg }: Context): boolean {
  const both = pair === 'timestamp>timestamptz' || pair === 'timestamptz>timestamp';
  const zone = world.session.setting('timezone');
  return both && pg >= 12 && from.modifiers.length + to.modifiers.length === 0 && utc.has((zone ?? '').toLowerCase());
}

/** No USING, or one that only says the cast that is made anyway. */
function isPlainCast(using: Node | undefined, column: string, target: ColumnType): boolean {
  if (using === undefined || columnOf(using) === column) return true;
  const cast = as(using, 'TypeCast');
  const type = typeOf(cast?.typeName);
  return type !== null && sameType(type, target) && columnOf(cast?.arg) === column;
}
