import { sqlTypes, type SqlType } from './json-structure.ts';
import type { CountedPath } from './json-structure.ts';

type Counted = Pick<CountedPath, 'type' | 'class' | 'rows'>;

const wider: Partial<Record<SqlType, readonly SqlType[]>> = {
  bigint: ['integer'],
  numeric: ['integer', 'bigint'],
};

/** Can a column of this type hold these values as they are? */
export function takes(type: SqlType, { type: json, class: narrowest }: Counted): boolean {
  if (type === 'jsonb') return true;
  if (narrowest === null || json === 'object' || json === 'array') return false;
  return type === 'text' || narrowest === type || (wider[type] ?? []).some((t) => t === narrowest);
}

/** The narrowest type that takes this share of the values. Strings alone never become numbers or booleans: "01234" and "true" are text until a person says otherwise. */
export function narrowest(values: readonly Counted[], share: number): SqlType {
  const all = count(values);
  if (all === 0) return 'text';
  const enough = (type: SqlType) => count(values.filter((v) => takes(type, v))) >= share * all;
  return sqlTypes.find((type) => evidence(type, values) && enough(type)) ?? 'jsonb';
}

function evidence(type: SqlType, values: readonly Counted[]): boolean {
  if (type === 'boolean') return values.some((v) => v.type === 'boolean');
  if (type === 'integer' || type === 'bigint' || type === 'numeric') return values.some((v) => v.type === 'number');
  return true;
}

const count = (values: readonly Counted[]) => values.reduce((sum, v) => sum + v.rows, 0);
