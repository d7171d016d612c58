import type { Entry } from './outline.ts';
import type { SpecifiedColumn } from './requirements.ts';

type Side = SpecifiedColumn['side'];

/** The fields of Prisma models in a fence, as the database calls them; in a diff the lines with + and - only. Relations are not columns. */
export function prismaColumns(entry: Entry, side: Side): SpecifiedColumn[] {
  const language = entry.node.type === 'code' ? (entry.node.lang ?? '') : '';
  const diff = language === 'diff';
  if (language !== 'prisma' && !(diff && /^[ +-]?\s*model\s+\w+\s*\{/mu.test(entry.text))) return [];
  const models = new Map(
    [...entry.text.matchAll(/^[ +-]?\s*model\s+(\w+)([^}]*)/gmu)].map(([, name = '', body = '']) => [
      name,
      /@@map\("([^"]+)"\)/u.exec(body)?.[1] ?? name,
    ]),
  );
  const result: SpecifiedColumn[] = [];
  let model: string | null = null;
  entry.text.split('\n').forEach((raw, i) => {
    const sign = diff ? (/^[+-]/u.exec(raw)?.[0] ?? '') : '';
    const line = raw.slice(sign.length);
    const opened = /^\s*model\s+(\w+)\s*\{/u.exec(line)?.[1];
    if (opened !== undefined || line.trim() === '}')
      model = opened === undefined ? null : (models.get(opened) ?? opened);
    else if (model !== null && (sign !== '' || !diff))
      result.push(
        ...fieldsOf(line, models).map((field) => ({
          ...{ table: model, ...field, ...signs[sign === '+' || sign === '-' ? sign : ' '](side) },
          rule: diff ? 'Prisma diff' : 'Prisma model',
          ...{ line: entry.line === null ? null : entry.line + 1 + i, block: entry.block },
        })),
      );
  });
  return result;
}

const signs = {
  '+': (side: Side) => ({ change: 'add', side }) as const,
  '-': () => ({ change: 'drop', side: 'current' }) as const,
  ' ': (side: Side) => ({ change: 'is', side }) as const,
};

/** One, or none when the line is no field with a column. */
function fieldsOf(
  line: string,
  models: ReadonlyMap<string, string>,
): Pick<SpecifiedColumn, 'column' | 'type' | 'nullable' | 'default'>[] {
  const [, field, type, list, optional, rest = ''] = /^\s*(\w+)\s+(\w+)(\[\])?(\?)?(\s.*)?$/u.exec(line) ?? [];
  if (field === undefined || type === undefined || list !== undefined) return [];
  if (models.has(type) || rest.includes('@relation')) return [];
  const value = /@default\(((?:[^()]|\([^)]*\))*)\)/u.exec(rest)?.[1];
  const column = /(?<!@)@map\("([^"]+)"\)/u.exec(rest)?.[1] ?? field;
  const native = /@db\.(\w+(?:\([^)]*\))?)/u.exec(rest)?.[1];
  return [{ column, type: native ?? type, nullable: optional !== undefined, default: value ?? null }];
}
