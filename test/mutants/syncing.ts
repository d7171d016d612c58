import type { Mutant } from './mutant.ts';

/** From the document to the new tables. */
export const syncing: readonly Mutant[] = [
  {
    name: 'the row is read again',
    file: 'mappings/table-direct.ts',
    find: 'SELECT ${ownMark} ${docOf(m, sql`s`)} INTO ${document}',
    replace: 'SELECT ${ownMark} ${docOf(m, sql`NEW`)} INTO ${document}',
    test: { file: 'races', name: 'an AFTER trigger (a_first) writes the same row again, and another row' },
  },
  {
    name: 'only columns whose place changed are written',
    file: 'mappings/table-direct.ts',
    find: '${flag} := ${rules.changed(',
    replace: '${flag} := true OR ${rules.changed(',
    test: {
      file: 'value-races',
      name: 'old code that writes one key leaves a value alone for which the document has no place',
    },
  },
  {
    name: 'a document that becomes an object again is looked at in every place',
    file: 'mappings/json-column.ts',
    find: ' OR NOT (${isObject(before)})`',
    replace: '`',
    test: {
      file: 'value-races',
      name: 'a document that becomes an object again says what holds, also where it says nothing',
    },
  },
  {
    name: 'only differences are written to the new tables',
    file: 'mappings/table-direct.ts',
    find: 'AND ${isDifferent} AND',
    replace: 'AND',
    test: { file: 'value-races', name: 'a write that means the same to the new shape does not touch its row' },
  },
  {
    name: 'the trigger for INSERT is deferred',
    file: 'mappings/table-sync.ts',
    find: "when: 'AFTER INSERT', each: 'row at commit'",
    replace: "when: 'AFTER INSERT', each: 'row'",
    test: { file: 'races', name: 'plain INSERTs of new code, before and after the source row is updated' },
  },
  {
    name: 'a new table row goes only when its source is gone',
    file: 'mappings/table-rows.ts',
    find: "\n       AND NOT EXISTS (SELECT FROM ${qualified(m.source)} s WHERE ${keyIs(m, sql`s`, 'source', (k) => sql`OLD.${ident(k.source)}`)})",
    replace: '',
    test: { file: 'mode-races', name: 'a row that is deleted and inserted again in one statement keeps its document' },
  },
  {
    name: 'a change of key moves the new row',
    file: 'mappings/table-rows.ts',
    find: '\n      UPDATE ${qualified(target.table)} n\n         SET ${join(m.key.map((k) => sql`${ident(k.target)} = NEW.${ident(k.source)}`))}\n       WHERE',
    replace: '\n      DELETE FROM ${qualified(target.table)} n\n       WHERE',
    test: {
      file: 'races',
      name: 'a key change while the document is being brought up to date again, without a foreign key',
    },
  },
  {
    name: 'a row that moves to another partition is left to the foreign key',
    file: 'mappings/table-direct.ts',
    find: '\n    IF ${asReplica} THEN${deleteAll(m)}\n    END IF;',
    replace: '${deleteAll(m)}',
    test: {
      file: 'partition-races',
      name: 'with a foreign key a row that moves to another leaf keeps what only the new shape has',
    },
  },
  {
    name: 'without a foreign key its rows move before it does',
    file: 'mappings/table-sync.ts',
    find: "...(isPartitioned(m) ? [moveTrigger(m, named('move'), move)] : []),",
    replace: '',
    test: {
      file: 'partition-races',
      name: 'without a foreign key a row that moves to another leaf keeps what only the new shape has',
    },
  },
  {
    name: 'deletes of replica-role writers are synced',
    file: 'mappings/table-direct.ts',
    find: '\n    IF ${asReplica} THEN${deleteAll(m)}\n    END IF;',
    replace: '',
    test: { file: 'races', name: 'sessions with settings of their own replica-role writers are not missed' },
  },
  {
    name: 'REPEATABLE READ is captured in mixed mode',
    file: 'mappings/table-forward.ts',
    find: '\n  IF ${notReadCommitted} THEN${capture}\n  END IF;',
    replace: '',
    test: {
      file: 'races',
      name: 'REPEATABLE READ an update of a row that a drain wrote after the snapshot does not fail, without a foreign key',
    },
  },
  {
    name: 'a new row that is deleted and inserted at once is put back',
    file: 'mappings/table-direct.ts',
    find: "IF EXISTS (${sourceRow(m, 'OLD')}) THEN${bringUpToDate(m, thisRow(m, 'OLD'))}\n    END IF;\n    RETURN NULL;",
    replace: 'RETURN NULL;',
    test: { file: 'review', name: 'keeps the document of a row that is deleted and inserted again in one statement' },
  },
  {
    name: 'TRUNCATE takes the new rows at once',
    file: 'mappings/table-forward.ts',
    find: "${join(m.targets.map(orphans), '')}`",
    replace: '`',
    test: {
      file: 'races',
      name: 'without foreign keys the sync of a TRUNCATE waits for no reader of the new tables',
    },
  },
  {
    name: 'TRUNCATE is synced by DELETE',
    file: 'mappings/table-forward.ts',
    find: "${join(m.targets.map(orphans), '')}`",
    replace: '\n  TRUNCATE ${join(m.targets.map((t) => qualified(t.table)))};`',
    test: {
      file: 'races',
      name: 'without foreign keys the sync of a TRUNCATE waits for no reader of the new tables',
    },
  },
  {
    name: 'values are cast only when they can be',
    file: 'mappings/json-column.ts',
    find: 'json || takesAnyScalar.has(column.type) ? null : valid(doc)',
    replace: 'json || takesAnyScalar.has(column.type) || column.type ? null : valid(doc)',
    test: { file: 'value-races', name: 'fail no old writer, whether type or check refuses them, first and tenth time' },
  },
  {
    name: 'values are checked before they are written',
    file: 'mappings/json-column.ts',
    find: 'column.check === null ? null : sql`(${withValue',
    replace: "column.check !== '' ? null : sql`(${withValue",
    test: {
      file: 'races',
      name: 'values that break a check, a type or NOT NULL on the new side never fail the old writer',
    },
  },
  {
    name: 'the check comes after the test of the cast',
    file: 'mappings/json-column.ts',
    find: 'return ok ? sql`CASE WHEN ${ok} THEN ${inner}',
    replace: 'return ok ? sql`CASE WHEN ${check ?? sql`true`} AND ${ok} THEN ${inner}',
    test: { file: 'value-races', name: 'values that do not fit stop no copy' },
  },
  {
    name: 'what does not fit is put in quarantine',
    file: 'mappings/table-direct.ts',
    find: "IF ${suspicious} THEN${quarantine(m, 'NEW')}",
    replace: 'IF ${suspicious} THEN NULL;',
    test: {
      file: 'races',
      name: 'values that break a check, a type or NOT NULL on the new side never fail the old writer',
    },
  },
  {
    name: 'values are compared by their image',
    file: 'mappings/json-column.ts',
    find: 'sql`record_image_ne(ROW(${a}), ROW(${b}))`',
    replace: 'sql`(ROW(${a}) IS DISTINCT FROM ROW(${b}))`',
    test: { file: 'value-races', name: 'numeric values that only look different are different' },
  },
];
