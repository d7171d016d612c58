import type { Mutant } from './mutant.ts';

/** Two columns of one row. */
export const columns: readonly Mutant[] = [
  {
    name: 'both changed, the new column wins',
    file: 'mappings/column-mapping.ts',
    find: 'ELSIF ${differs(oldTo, newTo)} THEN${back}',
    replace: 'ELSIF ${differs(oldTo, newTo)} AND NOT ${differs(oldFrom, newFrom)} THEN${back}',
    test: { file: 'column-races', name: 'the one that changed; both changed, the new one; neither, none' },
  },
  {
    name: 'the trigger stands aside for our own updates',
    file: 'mappings/column-mapping.ts',
    find: 'onlyIf: sql`current_setting(${GUARD}, true) IS DISTINCT FROM ${guardValue(m)}`,',
    replace: '',
    test: {
      file: 'value-races',
      name: 'on the way back the old column takes what the new one says, and the new one keeps it',
    },
  },
  {
    name: 'only what is unfilled is filled',
    file: 'mappings/compile-column-mapping.ts',
    find: 'AND guard.on IS NOT NULL AND ${unfilled(m, value)}',
    replace: "AND guard.on IS NOT NULL AND ${differs(column('s', m.to.name), value)}",
    test: { file: 'column-races', name: 'a fill leaves alone what new code wrote, however lossy' },
  },
  {
    name: 'a repair leaves what only the new column can hold',
    file: 'mappings/compile-column-mapping.ts',
    find: 'AND NOT (${misfitBack(m)}) AND ${lookingIn(m.lookIn)}',
    replace: 'AND ${lookingIn(m.lookIn)}',
    test: { file: 'quarantine', name: 'a value of the new type that does not go back is kept in the new column' },
  },
  {
    name: 'a row that is written for another reason is filled',
    file: 'mappings/column-mapping.ts',
    find: '\n  ELSIF ${newTo} IS NULL AND ${newFrom} IS NOT NULL THEN${fill}',
    replace: '',
    test: { file: 'column-races', name: 'fills a row that an unrelated UPDATE wrote before its chunk came' },
  },
  {
    name: 'after the backfill NULL is what new code wrote',
    file: 'mappings/column-mapping.ts',
    find: 'both: sql``,',
    replace: 'both: sql`\n  ELSIF ${newTo} IS NULL AND ${newFrom} IS NOT NULL THEN${fill}`,',
    test: {
      file: 'value-races',
      name: 'NULL that new code wrote after the backfill stays, whatever else is written in its row',
    },
  },
  {
    name: 'a pair agrees when either side explains the other',
    file: 'mappings/column-mapping.ts',
    find: 'NOT ${differs(to, up(m, from))} OR NOT ${differs(from, down(m, to))}',
    replace: 'NOT ${differs(from, down(m, to))}',
    test: {
      file: 'column-races',
      name: 'does not touch what is filled, nor the old column, however lossy the conversion',
    },
  },
  {
    name: 'NULL explains no value that does not convert back',
    file: 'mappings/column-mapping.ts',
    find: ' AND NOT (${from} IS NULL AND ${to} IS NOT NULL AND ${downFails(m, to)})',
    replace: '',
    test: { file: 'quarantine', name: 'json that jsonb cannot hold fails no new code either' },
  },
  {
    name: 'a value that jsonb cannot hold is kept as text',
    file: 'mappings/column-mapping.ts',
    find: 'EXCEPTION WHEN OTHERS THEN\n  RETURN to_jsonb(left(value::text, 1000000));',
    replace: '',
    test: { file: 'quarantine', name: 'json that jsonb cannot hold fails no new code either' },
  },
  {
    name: 'a row that comes with the old column alone is a use of it',
    file: 'mappings/column-mapping.ts',
    find: '${countInsert(m)}${fill}',
    replace: '${fill}',
    test: { file: 'gate-races', name: 'a trigger of another table that inserts a row by the old column' },
  },
  {
    name: 'settings that matter to few types are pinned for these',
    file: 'mappings/functions.ts',
    find: '(names.test(text) ? settings : [])',
    replace: '(names.test(text) ? [] : [])',
    test: { file: 'value-races', name: 'are converted like all others to types that few settings matter to' },
  },
  {
    name: 'others may not put our functions on tables of theirs',
    file: 'mappings/functions.ts',
    find: "EXECUTE format('REVOKE ALL ON FUNCTION %s FROM %s', given.routine, given.grantee);",
    replace: 'NULL;',
    test: { file: 'rights', name: 'what default privileges give on schemas, functions and sequences' },
  },
  {
    name: 'a value that does not convert fails nobody',
    file: 'mappings/column-mapping.ts',
    find: 'EXCEPTION WHEN OTHERS THEN\n  RETURN NULL;',
    replace: '',
    test: { file: 'column-races', name: 'a value that does not convert fails nobody and goes to quarantine' },
  },
  {
    name: 'the new column has no default until contract',
    file: 'operations/column-mapping-plan.ts',
    find: 'ADD COLUMN ${name} ${raw(m.to.type)}${collation}`',
    replace:
      'ADD COLUMN ${name} ${raw(m.to.type)}${collation}${old.default === null ? sql`` : sql` DEFAULT ${raw(old.default)}`}`',
    test: { file: 'column-races', name: 'with a default on the old column' },
  },
  {
    name: 'reviving, a row that moves is brought up to date',
    file: 'mappings/column-mapping.ts',
    find: '\n  ELSE${back}`,\n  }[mode]',
    replace: '`,\n  }[mode]',
    test: {
      file: 'column-races',
      name: 'a row that moves to another page while the old column is brought up to date is not missed',
    },
  },
];
