import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintFiles, lintSql, type LintOptions } from './lint.ts';
import { rules } from './registry.ts';

const found = (sql: string, options?: LintOptions) =>
  lintSql(sql, options).findings.map(
    ({ rule, line, column, endLine, endColumn }) => `${line}:${column}-${endLine}:${endColumn} ${rule}`,
  );

describe('places', () => {
  it('count UTF-16 units, whatever comes before', () => {
    expect(found('SELECT \'😀é\'; DROP TABLE "😀"')).toEqual(['1:15-1:30 drop-table']);
  });

  it('do not count a byte order mark', () => expect(found('\u{feff}DROP TABLE a')).toEqual(['1:1-1:13 drop-table']));

  it('understand CRLF', () => expect(found('-- é\r\nDROP TABLE\r\n  a;\r\n')).toEqual(['2:1-3:4 drop-table']));

  it('are those of the action, not of the ALTER TABLE', () => {
    expect(
      found('ALTER TABLE ONLY "a,b".c\n  ADD x numeric(1, 2), -- (,\n  DROP COLUMN y /* , */,\n  ALTER z SET NOT NULL'),
    ).toEqual(['3:3-3:16 drop-column', '4:3-4:23 set-not-null']);
  });

  it('are found in DO blocks, after text of many bytes', () => {
    expect(found("DO $x$ BEGIN\n  RAISE NOTICE '😀';\n  DROP TABLE a;\n  EXECUTE 'DROP TABLE b';\nEND $x$")).toEqual([
      '3:3-3:15 drop-table',
      '4:12-4:24 drop-table',
      '4:12-4:24 locks-multiple-tables',
    ]);
  });

  it('are the whole block when its text is a string with quotes in it', () => {
    expect(found("DO 'BEGIN EXECUTE ''DROP TABLE a''; END'")).toEqual(['1:1-1:41 drop-table']);
  });
});

describe('a text that is no SQL', () => {
  it('says where', () => {
    expect(lintSql("SELECT '😀';\n  SELEC é").error).toMatchObject({ line: 2, column: 3 });
  });

  it('may be a NUL byte', () => expect(lintSql('SELECT 1;\0').error).toMatchObject({ line: 1, column: 10 }));

  it('may be nested too deeply', () => {
    expect(lintSql(`SELECT ${'('.repeat(30_000)}`).error).not.toBeNull();
    expect(lintSql(`SELECT 1${'+1'.repeat(30_000)}`).error).not.toBeNull();
  });

  it('leaves the other files to be read', () => {
    const files = ['SELEC', 'DROP TABLE a'].map((text, i) => ({ path: `${i}`, text }));
    expect(lintFiles(files).map(({ error, findings }) => [error === null, findings.length])).toEqual([
      [false, 0],
      [true, 1],
    ]);
  });

  it('has the variables of psql and of templates for names', () => {
    expect(found('DROP TABLE :app.t;\nSELECT :\'x\', :"y", a::int, :z;\nDROP TABLE :"t";')).toEqual([
      '1:1-1:18 drop-table',
      '3:1-3:16 drop-table',
    ]);
    expect(found('DROP TABLE {{ index .Options "Schema" }}.t;\nCREATE INDEX i ON {{.prefix}}u (a)')).toEqual([
      '1:1-1:43 drop-table',
      '2:1-2:35 create-index-non-concurrent',
    ]);
    expect(lintSql('CREATE INDEX i ON :app.t (a)').findings.map(({ fix }) => fix)).toEqual([null]);
    expect(lintSql('DROP TABLE a:;').error).not.toBeNull();
  });

  it('ends where psql is told to send it', () => {
    expect(found("SELECT 1 AS x \\gset\nSELECT 'DROP TABLE b'\n\\gexec\nDROP TABLE a;")).toEqual([
      '4:1-4:13 drop-table',
    ]);
  });

  it('is not what psql reads itself', () => {
    expect(found('\\set x 1\nCOPY a FROM stdin;\n1\tb\n\\.\nDROP TABLE a;')).toEqual(['5:1-5:13 drop-table']);
  });

  it('is not nothing', () => {
    for (const text of ['', ' \n', '-- x', '/* x */;;'])
      expect(lintSql(text)).toMatchObject({ error: null, findings: [] });
  });
});

describe('comments', () => {
  it('turn rules off for the next statement only', () => {
    expect(found('-- lockkeeper:ignore drop-table, drop-cascade gone\nDROP TABLE a CASCADE;\nDROP TABLE b')).toEqual([
      '3:1-3:13 drop-table',
    ]);
  });

  it('may stand behind the statement, in its line', () => {
    const both = 'DROP TABLE a; -- lockkeeper:ignore drop-table\r\nDROP TABLE b';
    expect(found(both)).toEqual(['2:1-2:13 drop-table']);
    expect(found('DROP TABLE a;\n-- lockkeeper:ignore drop-table\nDROP TABLE b')).toEqual(['1:1-1:13 drop-table']);
  });

  it('are for what follows in their line, if anything does', () => {
    expect(found('DROP TABLE a; /* lockkeeper:ignore drop-table */ DROP TABLE b;')).toEqual(['1:1-1:13 drop-table']);
    const block = 'DO $$ BEGIN\nDROP TABLE a; -- lockkeeper:ignore drop-table\nDROP TABLE b; END $$';
    expect(found(block).filter((one) => one.endsWith('drop-table'))).toEqual(['3:1-3:13 drop-table']);
  });

  it('turn all rules off for a file', () => expect(found('DROP TABLE b; -- lockkeeper:ignore-file')).toEqual([]));

  it('work inside of DO blocks', () => {
    expect(found('DO $$ BEGIN\n-- lockkeeper:ignore drop-table x\nDROP TABLE a; DROP TABLE b; END $$')).toEqual([
      '3:15-3:27 drop-table',
      '3:15-3:27 locks-multiple-tables',
    ]);
  });
});

it('proposes no CONCURRENTLY for a view that has no key', () => {
  const view = 'CREATE MATERIALIZED VIEW v AS SELECT 1 AS n;';
  const fixOf = (schema: string) => lintSql('REFRESH MATERIALIZED VIEW v', { schema }).findings[0]?.fix;
  expect(fixOf(view)).toBeNull();
  expect(fixOf(`${view} CREATE UNIQUE INDEX ON v (n)`)).toBe('REFRESH MATERIALIZED VIEW CONCURRENTLY v;');
  expect(fixOf('')).toBe('REFRESH MATERIALIZED VIEW CONCURRENTLY v;');
});

describe('files one after the other', () => {
  const lint = (texts: readonly string[], pending = false) =>
    lintFiles(texts.map((text, i) => ({ path: `${i}`, text, pending }))).flatMap(({ findings }, i) =>
      findings.map(({ rule }) => `${i} ${rule}`),
    );

  it('tell each other what there is, but not that it is new', () => {
    const table = 'CREATE TABLE a (name varchar(10))';
    expect(
      lint([table, 'ALTER TABLE a ALTER name TYPE varchar(20)', 'ALTER TABLE a ALTER name TYPE varchar(15)']),
    ).toEqual(['2 alter-column-type']);
    expect(lint([table, 'CREATE INDEX ON a (name)'])).toEqual(['1 create-index-non-concurrent']);
    expect(lint([table, 'CREATE INDEX ON a (name)'], true)).toEqual([]);
  });

  it('pass on a proof', () => {
    expect(
      lint([
        'ALTER TABLE a ADD CONSTRAINT c CHECK (b IS NOT NULL) NOT VALID',
        'ALTER TABLE a VALIDATE CONSTRAINT c',
        'ALTER TABLE a ALTER b SET NOT NULL; ALTER TABLE a DROP CONSTRAINT c',
      ]),
    ).toEqual([]);
  });

  it('pass on nothing that was rolled back', () => {
    expect(lint(['BEGIN; CREATE TABLE a (b varchar(9)); ROLLBACK', 'ALTER TABLE a ALTER b TYPE text'])).toEqual([
      '1 alter-column-type',
    ]);
  });

  it('are history when nobody wants to hear of them', () => {
    const [only, second] = lintFiles([
      { path: 'a', text: 'DROP TABLE a', report: false },
      { path: 'b', text: 'DROP TABLE b' },
    ]);
    expect(only?.path).toBe('b');
    expect(second).toBeUndefined();
  });
});

it('takes severities and what is on and off', () => {
  const options = { enable: ['ban-money'], disable: ['drop-table'], severities: { 'drop-cascade': 'info' } } as const;
  const sql = 'DROP TABLE a CASCADE; ALTER TABLE b ADD c money';
  expect(lintSql(sql, options).findings.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual([
    'drop-cascade info',
    'ban-money info',
  ]);
});

const examples = rules.flatMap(({ bad, good }) => [...bad, ...good]).map((e) => (typeof e === 'string' ? e : e.sql));
const everything = { enable: rules.map(({ id }) => id) };

it('ends in findings or an error, whatever it reads', () => {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...examples) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('BEGIN', 'COMMIT AND CHAIN', 'ROLLBACK TO a', 'SAVEPOINT a', 'DO $$ BEGIN', 'END $$'),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  );
  const text = fc
    .tuple(fc.array(piece, { maxLength: 8 }), fc.nat(400), fc.nat(6), fc.string({ unit: 'binary', maxLength: 3 }))
    .map(([pieces, at, length, more]) => {
      const sql = pieces.join(';\n');
      return sql.slice(0, at) + more + sql.slice(at + length);
    });
  fc.assert(
    fc.property(
      text,
      fc.constantFrom('file', 'statement', 'batch'),
      fc.integer({ min: 10, max: 19 }),
      (sql, transaction, pg) => {
        const lines = sql.replace(/^\u{feff}/u, '').split('\n');
        for (const { line, endLine, column, endColumn } of lintSql(sql, { ...everything, transaction, pg }).findings) {
          expect(endLine).toBeLessThanOrEqual(lines.length);
          expect(endColumn).toBeLessThanOrEqual((lines[endLine - 1] ?? '').length + 1);
          expect(endLine > line || endColumn > column).toBe(true);
        }
      },
    ),
    { numRuns: 400 },
  );
}, 60_000);

it('takes as long for a statement of thousands as for one of a few', { timeout: 20_000 }, () => {
  const many = (statement: (i: number) => string) => Array.from({ length: 5000 }, (_, i) => statement(i)).join(';\n');
  const sql = many((i) => `ALTER TABLE a${i} RENAME TO b${i};CREATE INDEX i${i} ON b${i} (c); DROP VIEW v${i}`);
  const found = lintSql(`BEGIN;\n${sql};\nCOMMIT`).findings;
  expect(found.filter(({ rule }) => rule === 'rename-table')).toHaveLength(5000);
  expect(found.filter(({ rule }) => rule === 'long-statement-while-locked')).toHaveLength(5000);
});

it.each([
  ['BEGIN;COMMIT'],
  ['-- lockkeeper:ignore drop-table\nDROP TABLE a'],
  ['CREATE TABLE a# (b bigint PRIMARY KEY, c bigint REFERENCES d)'],
])('takes as long for each of many as of a few: %s', { timeout: 120_000 }, (statement) => {
  /** Of the processor, in microseconds. */
  const taken = (count: number) => {
    const sql = Array.from({ length: count }, (_, i) => `${statement.replaceAll('#', String(i))};\n`).join('');
    const { user: before } = process.cpuUsage();
    lintSql(sql, everything);
    return process.cpuUsage().user - before;
  };
  const few = Math.min(taken(500), taken(500), taken(500));
  const many = Math.min(taken(4000), taken(4000));
  expect(many / few).toBeLessThan(32); // 64 times as long if each looked at all the others
});

it.each(["'", '(', '-- x', '/* ', '$a$ ', 'word ', '1\tb\n'])(
  'reads five megabytes of %j',
  { timeout: 20_000 },
  (piece) => {
    const text = piece.repeat(Math.ceil((5 * 1024 * 1024) / piece.length));
    expect(lintSql(`SELECT ${text}`)).toMatchObject({ findings: [] });
    expect(lintSql(`COPY a FROM stdin;\n${text}\n\\.\nDROP TABLE a`).findings.length).toBeLessThan(2);
  },
);
