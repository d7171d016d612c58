import { describe, expect, it } from 'vitest';
import type { LintFile, LintOptions } from '../lint.ts';
import { fixFiles } from './fix-files.ts';

const editable = (path: string, text: string, more: Partial<LintFile> = {}) => ({
  file: { path, text, ...more },
  original: text,
});

/** The texts after the fix, by path. */
function fix(
  text: string,
  options: LintOptions = {},
  more: Partial<LintFile> = {},
  runner = 'plain SQL files',
  path = 'a.sql',
) {
  const { files } = fixFiles([editable(path, text, more)], runner, options);
  return Object.fromEntries(files.map(({ file, original }) => [file.path, original]));
}

describe('in its place', () => {
  it('keeps comments, indentation, the end of lines and a byte order mark', () => {
    expect(fix('\u{feff}-- first\r\n  CREATE INDEX i -- why\r\n  ON t (a); -- é\r\nSELECT 1\r\n')).toEqual({
      'a.sql': '\u{feff}-- first\r\n  CREATE INDEX CONCURRENTLY i -- why\r\n  ON t (a); -- é\r\nSELECT 1\r\n',
    });
  });

  it('takes one finding of a statement after the other', () => {
    expect(fix('ALTER TABLE t ADD CHECK (a > 0), ADD COLUMN b int, ADD CHECK (b > 0);')['a.sql']).toBe(
      [
        'ALTER TABLE t ADD COLUMN b int;',
        'ALTER TABLE t ADD CHECK (b > 0) NOT VALID;',
        'ALTER TABLE t VALIDATE CONSTRAINT t_b_check;',
        'ALTER TABLE t ADD CHECK (a > 0) NOT VALID;',
        'ALTER TABLE t VALIDATE CONSTRAINT t_a_check;',
      ].join('\n'),
    );
  });

  it('keeps columns in their order', () => {
    expect(fix('ALTER TABLE t ADD a int  DEFAULT NULL CONSTRAINT f REFERENCES u, ADD b int;')['a.sql']).toBe(
      'ALTER TABLE t ADD a int CONSTRAINT f REFERENCES u, ADD b int;',
    );
  });

  it('knows the way of the version', () => {
    expect(fix('ALTER TABLE t ALTER a SET NOT NULL', { pg: 18 })['a.sql']).toBe(
      'ALTER TABLE t ADD CONSTRAINT t_a_not_null NOT NULL a NOT VALID;\nALTER TABLE t VALIDATE CONSTRAINT t_a_not_null',
    );
    expect(fix('ALTER TABLE t ALTER a SET NOT NULL', { pg: 17 })['a.sql']).toContain('DROP CONSTRAINT t_a_not_null');
  });

  it('leaves alone what is in a transaction of the file, and what nothing is proven of', () => {
    for (const text of [
      'BEGIN; CREATE INDEX i ON t (a); COMMIT;',
      'BEGIN; ALTER TABLE t ALTER a SET NOT NULL; COMMIT;',
      'DO $$ BEGIN CREATE INDEX i ON t (a); END $$',
      'DROP TABLE t CASCADE',
      'ALTER TABLE t ADD COLUMN a uuid DEFAULT gen_random_uuid()',
      '-- lockkeeper:ignore create-index-non-concurrent\nCREATE INDEX i ON t (a);',
      'SELEC 1; CREATE INDEX i ON t (a)',
    ])
      expect(fix(text)).toEqual({ 'a.sql': text });
  });

  it('leaves alone a partitioned table, of whose partitions the files may not know all', () => {
    const schema = 'CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t DEFAULT';
    expect(fix('CREATE INDEX i ON t (a)', { schema })).toEqual({ 'a.sql': 'CREATE INDEX i ON t (a)' });
  });

  it('changes nothing the second time', () => {
    const once =
      fix('CREATE INDEX i ON t (a);\nALTER TABLE t ADD UNIQUE (b), ADD FOREIGN KEY (c) REFERENCES u;\n')['a.sql'] ?? '';
    expect(fix(once)).toEqual({ 'a.sql': once });
  });

  it('does not write what stands in for a placeholder', () => {
    const masked = editable('V1__a.sql', 'CREATE INDEX i ON p_s__.t (a)');
    const { fixed } = fixFiles([{ ...masked, original: 'CREATE INDEX i ON ${s}.t (a)' }], 'Flyway', {});
    expect(fixed).toEqual([]);
  });
});

describe('many at once', () => {
  const foreignKey = 'ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u;';

  it('leaves alone only what becomes worse', () => {
    const files = [
      editable('1.sql', 'CREATE INDEX i ON t (a);\nBEGIN;\nCREATE INDEX j ON t (a);\nCOMMIT;'),
      editable('2.sql', 'CREATE INDEX k ON t (a);\nCREATE INDEX l ON t (b);\nCREATE INDEX k ON t (a);'),
      editable('3.sql', `BEGIN;\n${foreignKey}\nCOMMIT;`),
      editable('4.sql', foreignKey),
    ];
    expect(fixFiles(files, 'plain SQL files', {}).files.map(({ original }) => original)).toEqual([
      'CREATE INDEX CONCURRENTLY i ON t (a);\nBEGIN;\nCREATE INDEX j ON t (a);\nCOMMIT;',
      'CREATE INDEX CONCURRENTLY k ON t (a);\nCREATE INDEX CONCURRENTLY l ON t (b);\nCREATE INDEX CONCURRENTLY k ON t (a);',
      `BEGIN;\n${foreignKey}\nCOMMIT;`,
      'ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u NOT VALID;\nALTER TABLE t VALIDATE CONSTRAINT t_a_fkey1;',
    ]);
  });

  it('takes about as long for each file of many as for each of a few', { timeout: 60_000 }, () => {
    /** Of the processor, in microseconds. */
    const taken = (count: number) => {
      const files = Array.from({ length: count }, (_, i) =>
        editable(`${i}_a.up.sql`, `SELECT 1;CREATE INDEX i${i} ON t (a)`, { transaction: 'batch' }),
      );
      const { user: before } = process.cpuUsage();
      const names = fixFiles(files, 'plain SQL files', {}).fixed;
      expect(names).toEqual([]);
      expect(
        fixFiles(
          files.map(({ file }) => editable(file.path, 'CREATE INDEX ON t (a)')),
          'Flyway',
          {},
        ).fixed.length,
      ).toBe(count);
      return process.cpuUsage().user - before;
    };
    const few = Math.min(taken(20), taken(20), taken(20));
    expect(taken(400) / few).toBeLessThan(100); // 400 times as long if all were judged again for each
  });
});

describe('in files of their own', () => {
  const sql = 'CREATE TABLE n (id bigint);\n\nCREATE INDEX i ON t (a);\nALTER TABLE t ADD COLUMN b int;\n';

  it('for Prisma', () => {
    expect(fix(sql, {}, { transaction: 'batch' }, 'Prisma Migrate', 'm/20240101000000_a/migration.sql')).toEqual({
      'm/20240101000000_a/migration.sql': 'CREATE TABLE n (id bigint);\n',
      'm/20240101000001_a_2/migration.sql': 'CREATE INDEX CONCURRENTLY i ON t (a);\n',
      'm/20240101000002_a_3/migration.sql': 'ALTER TABLE t ADD COLUMN b int;\n',
    });
  });

  it('for Flyway', () => {
    expect(fix('ALTER TABLE t ADD CHECK (a > 0)', {}, { transaction: 'file' }, 'Flyway', 'V7__a.sql')).toEqual({
      'V7__a.sql': 'ALTER TABLE t ADD CHECK (a > 0) NOT VALID;\n',
      'V7.1__a_2.sql': 'ALTER TABLE t VALIDATE CONSTRAINT t_a_check;\n',
    });
  });

  it('for golang-migrate', () => {
    expect(Object.keys(fix(sql, {}, { transaction: 'batch' }, 'golang-migrate', '0009_a.up.sql'))).toEqual([
      '0009_a.up.sql',
      '0010_a_2.up.sql',
      '0011_a_3.up.sql',
    ]);
  });

  it('for dbmate, whose way back stays where it was', () => {
    const text = '-- migrate:up\nCREATE INDEX i ON t (a);\n\n-- migrate:down\nDROP INDEX i;\n';
    const { files } = fixFiles(
      [{ file: { path: '1_a.sql', text: text.slice(0, 38).padEnd(text.length), transaction: 'file' }, original: text }],
      'dbmate',
      {},
    );
    expect(files.map(({ original }) => original)).toEqual([
      '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON t (a);\n\n-- migrate:down\nDROP INDEX i;\n',
    ]);
  });

  it('but not where a name is taken, or nobody knows how the tool names them', () => {
    const files = [
      editable('0009_a.up.sql', sql, { transaction: 'batch' }),
      editable('0010_b.up.sql', 'SELECT 1', { transaction: 'batch' }),
    ];
    expect(fixFiles(files, 'golang-migrate', {}).fixed).toEqual([]);
    expect(fix(sql, {}, { transaction: 'file' }, 'Supabase')).toEqual({ 'a.sql': sql });
  });
});
