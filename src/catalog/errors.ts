import { LockkeeperError } from '../errors.ts';
import type { RelationName } from '../sql/sql.ts';

export const tableNotFound = ({ schema, name }: RelationName, known: readonly RelationName[]) =>
  new LockkeeperError('TABLE_NOT_FOUND', {
    message: `Table "${schema}"."${name}" does not exist.`,
    hint: `${suggest(
      name,
      known.map((r) => r.name),
    )}Upper case and spaces count: names are taken as written.`,
    fix: 'Correct the name in the migration, or name the schema: `table: schema.table`.',
  });

export const columnNotFound = ({ schema, name }: RelationName, column: string, known: readonly string[]) =>
  new LockkeeperError('COLUMN_NOT_FOUND', {
    message: `Column "${column}" does not exist on table "${schema}"."${name}".`,
    hint: `Its columns are: ${known.join(', ')}.`,
    fix: 'Correct the name in the migration.',
  });

function suggest(name: string, known: readonly string[]): string {
  const near = known.filter(
    (k) => k.toLowerCase().includes(name.toLowerCase()) || name.toLowerCase().includes(k.toLowerCase()),
  );
  return near.length ? `Did you mean ${near.slice(0, 3).join(', ')}? ` : '';
}
