import type { TypeName } from '@pgsql/types';
import { constantOf, nameOfType } from '../nodes.ts';

/** A type as a column has it: `numeric(10,2)[]`. */
export interface ColumnType {
  readonly schema: string | null;
  readonly name: string;
  readonly modifiers: readonly number[];
  readonly array: boolean;
}

/** Names that PostgreSQL's grammar does not translate. */
const synonyms: Readonly<Record<string, string>> = {
  serial4: 'serial',
  serial8: 'bigserial',
  serial2: 'smallserial',
};

export function typeOf(type: TypeName | undefined): ColumnType | null {
  if (!type) return null;
  const { schema, name } = nameOfType(type);
  const modifiers = (type.typmods ?? []).map(constantOf).filter((m): m is number => typeof m === 'number');
  return {
    schema: schema === 'pg_catalog' ? null : schema,
    name: synonyms[name] ?? name,
    modifiers: name === 'bpchar' && modifiers.length === 0 && schema === 'pg_catalog' ? [1] : modifiers,
    array: (type.arrayBounds ?? []).length > 0,
  };
}

const written: Readonly<Record<string, string>> = {
  ...{ int2: 'smallint', int4: 'integer', int8: 'bigint', bool: 'boolean', bpchar: 'char', float4: 'real' },
  ...{ float8: 'double precision', varbit: 'bit varying' },
};

/** As people write it. */
export const typeText = ({ schema, name, modifiers, array }: ColumnType): string =>
  `${schema === null ? '' : `${schema}.`}${written[name] ?? name}${modifiers.length ? `(${modifiers.join(',')})` : ''}${array ? '[]' : ''}`;

export const sameType = (a: ColumnType, b: ColumnType): boolean => typeText(a) === typeText(b);

const serials: Readonly<Record<string, 'int2' | 'int4' | 'int8'>> = {
  smallserial: 'int2',
  serial: 'int4',
  bigserial: 'int8',
};

/** The integer type behind a serial; null for other types. */
export const serialBase = (type: ColumnType | null): 'int2' | 'int4' | 'int8' | null => {
  if (type === null || type.array || type.schema !== null) return null;
  return serials[type.name] ?? null;
};
