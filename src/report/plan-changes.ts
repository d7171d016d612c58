import type { Plan, TableSummary } from '../plan/plan.ts';
import { number } from './numbers.ts';
import { block, bullets, code, markdownTable, plain } from './markdown.ts';
import { bytesText, plural, relationText, rowsText } from './words.ts';

/** The touched tables as they are now. */
export const currentSchema = ({ tables }: Plan): readonly string[] => [
  '## Current schema of the touched tables',
  ...(tables.length ? tables.flatMap(tableSections) : ['None: it touches no table that exists.']),
];

const tableSections = ({ relation, columns, constraints, indexes, ...table }: TableSummary): readonly string[] => [
  `### ${code(relationText(relation))}`,
  `${rowsText(table.rows)}, ${bytesText(table.bytes)}, indexes ${bytesText(table.indexBytes)}, writes per second: ${
    table.writesPerSecond === null ? 'unknown' : number(Math.round(table.writesPerSecond))
  }.`,
  markdownTable(
    ['column', 'type', 'null', 'default'],
    columns.map((c) => [
      code(c.name),
      code(c.type),
      c.notNull ? 'no' : 'yes',
      c.default === null ? '' : code(c.default),
    ]),
  ),
  ...(constraints.length ? ['Constraints:', bullets(constraints.map(code))] : []),
  ...(indexes.length ? ['Indexes:', bullets(indexes.map(code))] : []),
];

/** What becomes of each table, and what comes and goes. */
export const changes = ({ tables, newTables, removed }: Plan): readonly string[] => [
  '## Tables modified',
  tables.length
    ? markdownTable(
        ['table', 'risk', 'because', 'mitigation'],
        tables.map(({ relation, risk }) => [
          code(relationText(relation)),
          risk.level,
          plain(risk.because),
          plain(risk.mitigation),
        ]),
      )
    : 'None.',
  '## New tables',
  newTables.length ? bullets(newTables.map((table) => code(relationText(table)))) : 'None.',
  '## Removed',
  removed.length
    ? bullets(
        removed.map(
          ({ table, column, replacedBy }) =>
            `${code(`${relationText(table)}.${column}`)}, replaced by ${code(replacedBy)}: archived in contract, dropped only by ${code('lockkeeper archive purge')}.`,
        ),
      )
    : 'No table or column.',
];

/** How the data moves, and what will not fit. */
export const movement = ({ moves, misfits, mappings }: Plan): readonly string[] => [
  '## How the data moves',
  moves.length
    ? markdownTable(
        ['from', 'to', 'rows', 'how', 'why', 'what is lost'],
        moves.map(({ from, to, rows, how, because, losses }) => [
          code(from),
          to.map(code).join(', '),
          rowsText(rows),
          how,
          plain(because),
          losses.length ? losses.map(plain).join(' ') : 'nothing',
        ]),
      )
    : 'No data moves.',
  ...(mappings.length ? ['### Values that do not fit', misfitText(misfits)] : []),
];

function misfitText(misfits: Plan['misfits']): string {
  if (misfits === null) return 'unknown: they were not counted.';
  if (!misfits.length) return 'None: every value fits.';
  const rows = misfits.map((m) => [code(m.column), code(m.type), plain(m.reason), rowsText(m.rows)]);
  return `${markdownTable(['column', 'type of the value', 'why', 'rows'], rows)}\n\nThey will be set aside in quarantine; their originals stay in the database.`;
}

/** Who uses what changes: statements, objects in the database, and the application's own interface. */
export const impact = ({ impact: found }: Plan): readonly string[] => [
  '## Queries affected',
  ...statementSections(found),
  '## Statements that will fail once',
  failsOnce(found),
  '## Database objects affected',
  found.dependants.length
    ? markdownTable(
        ['object', 'kind', 'uses'],
        found.dependants.map(({ name, kind, table, columns }) => [
          code(name),
          kind,
          columns.length
            ? columns.map((column) => code(`${relationText(table)}.${column}`)).join(', ')
            : `${code(relationText(table))}, columns unknown`,
        ]),
      )
    : 'None depends on what changes. What functions and the application build as text is unknown.',
  '## API affected',
  'Unknown: which endpoints of the application run these statements is not recorded in the database.',
];

function statementSections({ statements, statementsWhy }: Plan['impact']): readonly string[] {
  if (statements === null) return [`Unknown: ${plain(statementsWhy)}`];
  if (!statements.length) return [`None has been seen. ${plain(statementsWhy)}`];
  return [
    ...(statementsWhy ? [plain(statementsWhy)] : []),
    ...statements.map(({ query, calls, reads, writes, columns }) =>
      [
        `${[reads && 'reads', writes && 'writes'].filter(Boolean).join(' and ') || 'names'} ${columns.map(code).join(', ')}, ${plural(calls, 'call')}:`,
        block('sql', query.trim()),
      ].join('\n\n'),
    ),
  ];
}

function failsOnce({ statements }: Plan['impact']): string {
  if (statements === null) return 'Unknown.';
  const found = statements.filter((statement) => statement.failsOnce);
  if (!found.length) return 'None that has been seen.';
  return `Where they are prepared, with "cached plan must not change result type"; drivers that prepare by name should retry.\n\n${bullets(found.map(({ query }) => code(query)))}`;
}
