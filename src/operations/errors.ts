import type { Schema } from '../catalog/catalog.ts';
import { LockkeeperError } from '../errors.ts';
import { ident, inline, type RelationName } from '../sql/sql.ts';

export const nameTaken = (schema: string, name: string) =>
  new LockkeeperError('NAME_TAKEN', {
    message: `The name "${schema}"."${name}" is taken already.`,
    hint: 'A plan only creates what is not there; it never takes over a table or index that someone else made.',
    fix: 'Choose another name in the migration, or remove what has the name.',
  });

export const columnExists = ({ schema, name }: RelationName, column: string) =>
  new LockkeeperError('COLUMN_EXISTS', {
    message: `Column "${column}" exists already on table "${schema}"."${name}".`,
    hint: 'A plan only creates what is not there.',
    fix: 'Choose another name in the migration.',
  });

export const keyMissing = ({ schema, name }: RelationName) =>
  new LockkeeperError('KEY_MISSING', {
    message: `Table "${schema}"."${name}" has no primary key and no unique index over NOT NULL columns.`,
    hint: 'Rows of the new tables are found by the key of the source row.',
    fix: `Add one first, for example: ALTER TABLE "${schema}"."${name}" ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY.`,
  });

export const keyDeferrable = ({ schema, name }: RelationName) =>
  new LockkeeperError('KEY_DEFERRABLE', {
    message: `The key of table "${schema}"."${name}" is deferrable.`,
    hint: 'One statement may then exchange keys between rows, and what only the new shape knows could follow the wrong row.',
    fix: 'Make the key NOT DEFERRABLE, or add a unique index over NOT NULL columns that is.',
  });

export const tableSubscribed = ({
  schema,
  name,
  subscriptions,
}: RelationName & { readonly subscriptions: readonly string[] }) =>
  new LockkeeperError('TABLE_SUBSCRIBED', {
    message: `Table "${schema}"."${name}" is fed by the subscription ${subscriptions.map((s) => `"${s}"`).join(', ')}.`,
    hint: 'What logical replication brings would be synced here and again where it comes from, and a conflict would stop the subscription.',
    fix: 'Run the migration on the publisher, and give this server the new shape when it has it there.',
  });

export const rowSecurityUnclear = ({ schema, name }: RelationName, why: string, fix: string) =>
  new LockkeeperError('ROW_SECURITY_UNCLEAR', {
    message: `Who may see what in the new tables does not follow from the row-level security of "${schema}"."${name}".`,
    hint: why,
    fix,
  });

export const schemaUnsafe = ({ name, creators, namedBy }: Schema, user: string) =>
  new LockkeeperError('SCHEMA_UNSAFE', {
    message: `Others may create objects in the schema "${name}", where triggers that our writes would fire look for names: ${namedBy.join(', ')}.`,
    hint: `Those triggers would run with the rights of ${user}, and whoever may create objects there could have code of his own run with them.`,
    fix: `Take the right away: ${creators.map((role) => `REVOKE CREATE ON SCHEMA ${inline(ident(name))} FROM ${role === null ? 'PUBLIC' : inline(ident(role))};`).join(' ')} Or give the triggers' functions a search_path of their own: ALTER FUNCTION … SET search_path = …;`,
    details: { schema: name, creators, triggers: namedBy },
  });

export const notJson = ({ schema, name }: RelationName, column: string, type: string) =>
  new LockkeeperError('EXPRESSION_INVALID', {
    message: `Column "${column}" of table "${schema}"."${name}" is of type ${type}, not json or jsonb.`,
    hint: 'extract_json reads keys of a JSON document.',
    fix: 'Name a json or jsonb column.',
  });
