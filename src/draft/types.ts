import { child, children, names } from '../catalog/syntax-tree.ts';
import { parsedExpression } from './parse.ts';

/** A type in one spelling, so that two can be compared; null when PostgreSQL's parser does not take it as a type. Whether there is such a type is not known here. */
export function canonicalType(written: string): string | null {
  const serial = serials[written.trim().toLowerCase()];
  const cast = child(parsedExpression(`CAST(NULL AS ${serial ?? written})`) ?? {}, 'TypeCast');
  const type = child(cast, 'typeName');
  const name = names(children(type, 'names')).filter((part) => part !== 'pg_catalog');
  if (!name.length || Object.keys(child(cast, 'arg')).join() !== 'A_Const') return null;
  const modifiers = children(type, 'typmods').map((node) => child(child(node, 'A_Const'), 'ival')['ival']);
  return JSON.stringify([name, modifiers, children(type, 'arrayBounds').length > 0]);
}

const serials: Readonly<Record<string, string>> = {
  ...{ serial: 'integer', serial4: 'integer', bigserial: 'bigint', serial8: 'bigint', smallserial: 'smallint' },
};

/** The PostgreSQL type of a Prisma type, native or not. */
export function typeOfPrisma(type: string): string {
  const [, name = type, rest = ''] = /^(\w+)(\(.*\))?$/u.exec(type) ?? [];
  return `${prismaTypes[name] ?? name.toLowerCase()}${rest}`;
}

const prismaTypes: Readonly<Record<string, string>> = {
  ...{ String: 'text', Int: 'integer', BigInt: 'bigint', Float: 'double precision', Decimal: 'numeric(65,30)' },
  ...{
    Boolean: 'boolean',
    DateTime: 'timestamp(3)',
    Json: 'jsonb',
    Bytes: 'bytea',
    DoublePrecision: 'double precision',
  },
};

/** What PostgreSQL calls a type in prose: the longest spelling first. */
export const TYPE_WORDS = String.raw`(?:big|small)?serial|double precision|timestamp(?:\s*\(\d\))? with(?:out)? time zone|timestamptz(?:\s*\(\d\))?|timestamp(?:\s*\(\d\))?|(?:numeric|decimal)(?:\s*\(\s*\d+(?:\s*,\s*\d+)?\s*\))?|(?:varchar|character varying|char|character)(?:\s*\(\s*\d+\s*\))?|bigint|smallint|integer|int[248]?|text|citext|boolean|bool|uuid|jsonb|json|date|time|interval|bytea|real|float[48]|inet|cidr|money`;
