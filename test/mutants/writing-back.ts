import type { Mutant } from './mutant.ts';

/** From the new tables to the document, and the way back from contract. */
export const writingBack: readonly Mutant[] = [
  {
    name: 'new tables write nothing back before every writer syncs at once',
    file: 'mappings/table-sync.ts',
    find: "mode === 'direct' || mode === 'reviving' ? routine",
    replace: 'mode.length > 0 ? routine',
    test: { file: 'races', name: 'a key change of a row whose copy is behind keeps the document, with a foreign key' },
  },
  {
    name: 'only columns that were written are patched',
    file: 'mappings/table-reverse.ts',
    find: '${flag(j)} := ${differs(sql`OLD.${ident(c.name)}`, sql`NEW.${ident(c.name)}`)};',
    replace: '${flag(j)} := true;',
    test: { file: 'value-races', name: 'new code that writes one column writes no other key' },
  },
  {
    name: 'documents are patched only where they say something else',
    file: 'mappings/table-reverse.ts',
    find: '(${differs(at.value, c.rules.forward(at.doc, rest(m, at.doc)))} OR ${byApplication}',
    replace: '(true OR ${byApplication}',
    test: { file: 'value-races', name: 'fail no old writer, whether type or check refuses them, first and tenth time' },
  },
  {
    name: 'a default that new code writes is written down',
    file: 'mappings/table-reverse.ts',
    find: ' OR ${byApplication} AND ${c.rules.defaultFilled(at.doc)} AND ${at.value} IS NOT NULL',
    replace: '',
    test: {
      file: 'value-races',
      name: 'a default that new code writes itself is written down: old code reads the document',
    },
  },
  {
    name: 'what is no scalar in JSON is written as its text',
    file: 'mappings/json-column.ts',
    find: 'isJson(type) || areScalars.test(type)',
    replace: 'true',
    test: { file: 'value-races', name: 'text[]: what new code writes stays' },
  },
  {
    name: 'a default that sync writes is not written down',
    file: 'mappings/table-reverse.ts',
    find: "boolean := pg_trigger_depth() = 1 AND current_setting(${DRAINING}, true) IS DISTINCT FROM 'on';",
    replace: 'boolean := true;',
    test: {
      file: 'value-races',
      name: 'a default that new code writes itself is written down: old code reads the document',
    },
  },
  {
    name: 'a document without a value is not wiped',
    file: 'journal/install.ts',
    find: 'RETURN CASE WHEN value IS NULL THEN doc - path[1] ELSE doc || jsonb_build_object(path[1], value) END;',
    replace: 'RETURN jsonb_set(doc, path, value);',
    test: { file: 'races', name: 'DELETE of a target row alone: its keys go, the row comes back with its defaults' },
  },
  {
    name: 'columns without a place in the document are left out',
    file: 'mappings/table-reverse.ts',
    find: 'sql`${c.rules.settable(at.doc)} AND (${differs',
    replace: 'sql`true AND (${differs',
    test: { file: 'value-races', name: 'a value for which the document has no place does not touch it' },
  },
  {
    name: 'normalisers that never agree are cut off',
    file: 'mappings/table-reverse.ts',
    find: 'const DEPTH_LIMIT = 16;',
    replace: 'const DEPTH_LIMIT = 1_000_000;',
    test: { file: 'value-races', name: 'normalisers on both sides that never agree fail nobody' },
  },
  {
    name: 'a new row that is deleted comes back at commit',
    file: 'mappings/table-reverse.ts',
    find: 'BEGIN${recreate(m, target)}\n  RETURN NULL;',
    replace: 'BEGIN\n  RETURN NULL;',
    test: { file: 'races', name: 'DELETE of a target row alone: its keys go, the row comes back with its defaults' },
  },
  {
    name: 'a DELETE takes its keys out of the document',
    file: 'mappings/table-reverse.ts',
    find: '       AND ${differs(doc(m), stripped(m, target))}\n       AND NOT EXISTS',
    replace: '       AND false\n       AND NOT EXISTS',
    test: { file: 'races', name: 'DELETE of a target row alone: its keys go, the row comes back with its defaults' },
  },
  {
    name: 'TRUNCATE of a target takes its keys out of every document',
    file: 'mappings/table-reverse.ts',
    find: 'IS DISTINCT FROM statement_timestamp()::text THEN',
    replace: 'IS DISTINCT FROM statement_timestamp()::text AND false THEN',
    test: {
      file: 'races',
      name: 'of a target: its keys go from every document, its rows come back with their defaults',
    },
  },
  {
    name: 'TRUNCATE of a leaf takes no keys out of the documents of others',
    file: 'mappings/table-reverse.ts',
    find: 'IF current_setting(${TRUNCATED}, true) IS DISTINCT FROM statement_timestamp()::text THEN',
    replace: 'IF true THEN',
    test: {
      file: 'partition-races',
      name: 'with a foreign key a leaf is emptied while the others are written: only its rows go, and the documents of the others stay',
    },
  },
  {
    name: 'reviving, a change of key takes nothing from the document',
    file: 'mappings/table-direct.ts',
    find: "mode === 'reviving' ? moveAll(m) : moveAndBringUpToDate(m)",
    replace: 'moveAndBringUpToDate(m)',
    test: {
      file: 'races',
      name: 'a key change while the document is being brought up to date again, without a foreign key',
    },
  },
  {
    name: 'reviving, rows that are written are captured',
    file: 'mappings/table-forward.ts',
    find: "IF TG_OP = 'UPDATE' AND current_setting(${DRAINING}, true) IS DISTINCT FROM 'on' THEN${remember(m, 'NEW')}\n  END IF;",
    replace: '',
    test: {
      file: 'races',
      name: 'a row that moves to another page while documents are brought up to date is not missed',
    },
  },
  {
    name: 'reviving, what was captured is drained before it is over',
    file: 'execute/back.ts',
    find: '  await drainAll(c, mapping);\n  if (isStopping(c)) return timing;',
    replace: '  if (isStopping(c)) return timing;',
    test: {
      file: 'races',
      name: 'a row that moves to another page while documents are brought up to date is not missed',
    },
  },
  {
    name: 'reviving, who writes a new row locks its source row',
    file: 'mappings/table-reverse.ts',
    find: '${reviving ? lockSource(m) : sql``}',
    replace: '',
    test: {
      file: 'races',
      name: 'new code that writes what the older document says, while its row is brought up to date, is not overwritten',
    },
  },
  {
    name: 'reviving, rows are locked before the new tables are read',
    file: 'mappings/table-sweep.ts',
    find: 'WHERE ${range} FOR NO KEY UPDATE) AS held',
    replace: 'WHERE ${range}) AS held',
    test: {
      file: 'mode-races',
      name: 'a value that new code has written and not committed when the rows are locked is not lost',
    },
  },
  {
    name: 'reviving, a document that goes to another partition takes along what the new tables say',
    file: 'mappings/table-move.ts',
    find: "BEGIN${mode === 'reviving' ? takeAlong(m) : sql``}",
    replace: 'BEGIN${sql``}',
    test: { file: 'storm-findings', name: 'while documents are older than the new tables takes along what these say' },
  },
  {
    name: 'the way back from contract is tried on a few rows before it is kept',
    file: 'execute/back.ts',
    find: 'await tryToRevive(c, mapping);',
    replace: '',
    test: { file: 'archived', name: 'a new shape that was changed since contract' },
  },
];
