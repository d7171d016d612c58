import type { AffectedStatement } from '../catalog/affected-statement.ts';
import type { Column, Dependant, Table } from '../catalog/catalog.ts';
import type { JsonPath, JsonStructure, JsonType } from '../catalog/json-structure.ts';
import type { RelationName } from '../sql/sql.ts';
import { number } from './numbers.ts';
import { columns, oneLine, sections, WIDTH, wrap } from './text.ts';
import { bytesText, relationText, rowsText } from './words.ts';

/** What `inspect` found about a table, or about one column of it. Row values only when they were asked for. */
export interface InspectDocument {
  readonly schema: 'lockkeeper.inspect/1';
  readonly table: RelationName & {
    readonly kind: Table['kind'];
    readonly owner: string;
    readonly comment: string | null;
    /** null: never analyzed. */
    readonly rows: number | null;
    readonly tableBytes: number;
    readonly indexBytes: number;
    /** Leaf partitions; 0 when it is not partitioned. */
    readonly partitions: number;
    readonly rowSecurity: boolean;
    readonly publications: readonly string[];
  };
  /** The column asked about; then everything below is about it alone. */
  readonly column: string | null;
  readonly columns: readonly (Pick<
    Column,
    'name' | 'type' | 'notNull' | 'default' | 'generated' | 'identity' | 'comment' | 'nullShare'
  > & { readonly key: boolean })[];
  readonly constraints: readonly { readonly name: string; readonly definition: string; readonly validated: boolean }[];
  readonly indexes: readonly {
    readonly name: string;
    readonly definition: string;
    readonly indexBytes: number;
    readonly valid: boolean;
  }[];
  readonly dependants: readonly Dependant[];
  readonly writes: {
    readonly count: number;
    readonly seconds: number | null;
    readonly perSecond: number | null;
  };
  /** The most often called first; null when they cannot be known. */
  readonly statements: readonly AffectedStatement[] | null;
  readonly statementsWhy: string;
  /** Only for a json or jsonb column. */
  readonly json: JsonStructure | null;
  /** A migration that moves the column's keys into tables, as YAML; null when there is nothing to move. */
  readonly draft: string | null;
  readonly notes: readonly string[];
}

/** The document for a terminal. Only the draft may be wider than the screen: it is there to be copied. */
export const renderInspect = (d: InspectDocument): string =>
  sections([
    clip(heading(d)),
    list('Columns', columnTable(d)),
    list(
      'Constraints',
      d.constraints.map((c) => `  ${c.name}: ${c.definition}${c.validated ? '' : ' (not validated)'}`),
    ),
    list(
      'Indexes',
      d.indexes.map((i) => `  ${i.name}, ${bytesText(i.indexBytes)}${i.valid ? '' : ', invalid'}: ${i.definition}`),
    ),
    list('Used by', d.dependants.map(dependantText)),
    statementText(d),
    d.json && documentText(d.json),
    d.json && list(`Keys (${d.json.basis})`, pathTable(d.json)),
    d.json && list('Values', d.json.paths.flatMap(valueLines)),
    list(
      'Notes',
      d.notes.map((note) => wrap(note, '  ', WIDTH)),
    ),
    d.draft && `Draft\n${indent(d.draft)}`,
  ]);

const list = (title: string, lines: readonly string[]): string | null =>
  lines.length ? clip([title, ...lines].join('\n')) : null;

const clip = (text: string): string =>
  text
    .split('\n')
    .map((line) => {
      const shown = Array.from(oneLine(line));
      return shown.length > WIDTH ? `${shown.slice(0, WIDTH - 1).join('')}…` : shown.join('');
    })
    .join('\n');

function heading({ table, column, writes }: InspectDocument): string {
  const facts = [
    table.rows === null ? rowsText(-1) : `about ${rowsText(table.rows)}`,
    `${bytesText(table.tableBytes)} and ${bytesText(table.indexBytes)} of indexes`,
    ...(table.partitions ? [`${table.partitions} partitions`] : []),
    writes.perSecond === null ? 'writes unknown' : `${number(Math.round(writes.perSecond * 10) / 10)} writes a second`,
  ];
  const more = [
    `owned by ${table.owner}`,
    ...(table.rowSecurity ? ['row-level security'] : []),
    ...(table.publications.length ? [`published by ${table.publications.join(', ')}`] : []),
  ];
  const name = oneLine(relationText(table)) + (column === null ? '' : `.${oneLine(column)}`);
  return [name, `  ${facts.join(', ')}`, `  ${oneLine(more.join(', '))}`, ...comment(table.comment)].join('\n');
}

const comment = (text: string | null): readonly string[] => (text === null ? [] : [wrap(text, '  ')]);

const columnTable = (d: InspectDocument): readonly string[] =>
  columns(
    ['column', 'type', 'key', 'null', 'nulls', 'default'],
    d.columns.map((c) => [
      c.name,
      c.type,
      c.key ? 'key' : '',
      c.notNull ? 'not null' : '',
      c.nullShare === null ? '' : percent(c.nullShare),
      c.default ?? (c.identity ? `identity, ${c.identity}` : ''),
    ]),
  ).split('\n');

const dependantText = ({ kind, name, columns: used }: Dependant): string =>
  `  ${kind} ${name}${used.length ? ` (${used.join(', ')})` : ''}`;

function statementText({ statements, statementsWhy }: InspectDocument): string | null {
  const why = wrap(statementsWhy, '  ');
  if (!statements?.length) return `Statements\n${statements ? '  None that names it was seen.\n' : ''}${why}`;
  const rows = statements.map((s) => [
    number(s.calls),
    [s.reads && 'read', s.writes && 'write'].filter(Boolean).join(', '),
    s.failsOnce ? 'fails once' : '',
    s.query,
  ]);
  return `${clip(`Statements\n${columns(['calls', 'use', '', 'statement'], rows)}`)}\n${why}`;
}

function documentText({ documents }: JsonStructure): string {
  const kinds: readonly (readonly [string, number])[] = [
    ['objects', documents.objects],
    ['{}', documents.empty],
    ['SQL NULL', documents.sqlNull],
    ['JSON null', documents.jsonNull],
    ['arrays', documents.arrays],
    ['strings, numbers or booleans', documents.scalars],
    ['not readable as jsonb', documents.unreadable],
  ];
  const seen = kinds.filter(([, rows]) => rows > 0).map(([kind, rows]) => `${number(rows)} ${kind}`);
  return `Documents\n${wrap(seen.join(', ') || 'none', '  ')}`;
}

function pathTable({ paths, pathCount }: JsonStructure): readonly string[] {
  if (!paths.length) return [];
  const rows = paths.map((p) => [
    p.path.join(' › '),
    p.rare ? `${percent(p.share)} rare` : percent(p.share),
    typesText(p),
    percent(p.nullShare),
    p.suggested,
    p.misfits ? `${number(p.misfits)} do not cast` : '',
    p.choices === null ? '' : `${p.choices} choices`,
  ]);
  const unseen = pathCount - paths.length;
  return [
    ...columns(['key', 'rows', 'holds', 'null', 'type', 'misfits', ''], rows).split('\n'),
    ...(unseen > 0 ? [`  … and ${number(unseen)} more`] : []),
  ];
}

const valueLines = ({ path, values }: JsonPath): readonly string[] =>
  values === null ? [] : wrap(`${path.join(' › ')}: ${values.join(', ')}`, '  ').split('\n');

const typesText = ({ types }: JsonPath): string =>
  (Object.entries(types) as [JsonType, number][])
    .filter(([type, rows]) => rows > 0 && type !== 'null')
    .sort(([, a], [, b]) => b - a)
    .map(([type]) => type)
    .join(', ');

/** Never 0 % of something that is there, never 100 % of something that is not everywhere. */
function percent(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1 %';
  if (share < 1 && share > 0.999) return '>99.9 %';
  return `${number(Math.round(share * 1000) / 10)} %`;
}

const indent = (text: string): string => text.trimEnd().replaceAll(/^(?=.)/gmu, '  ');
