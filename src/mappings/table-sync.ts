import { ident, qualified, sql, type RelationName, type Sql } from '../sql/sql.ts';
import type { Lock, SqlStep } from '../steps/step.ts';
import {
  countWrites,
  createRoutine,
  createRoutines,
  createTrigger,
  dropRoutine,
  dropTrigger,
  installed,
  lastTriggerName,
  statements,
  type Routine,
  type RowTrigger,
} from './functions.ts';
import { forwardRoutine, insertRoutine, truncateRoutine } from './table-forward.ts';
import { keyChanged, type Mode } from './table-rows.ts';
import { ours, type TableMapping } from './table-mapping.ts';
import { moveRoutine } from './table-move.ts';
import { recreateRoutine, reverseRoutine, truncateTargetRoutine } from './table-reverse.ts';
import { drainRoutine } from './table-sweep.ts';

/** The triggers on the source, with their bodies in one mode, and those on the targets. */
export interface TableSync {
  /** Creates everything on the source in capture mode, and the drain. */
  readonly install: Pick<SqlStep, 'sql' | 'locks' | 'undo' | 'installs'>;
  /** Replaces the bodies only, on both sides: no lock on any table. */
  readonly change: (from: Mode, to: Mode) => Pick<SqlStep, 'sql' | 'locks' | 'undo' | 'installs'>;
  readonly installReverse: Pick<SqlStep, 'sql' | 'locks' | 'undo' | 'installs'>;
  /** Removes all triggers and functions; what puts them back for documents that are older than the new tables; and for those that are not. */
  readonly remove: Sql;
  readonly restore: Sql;
  readonly revived: Sql;
}

const routines = (m: TableMapping, mode: Mode) =>
  ({
    forward: forwardRoutine(m, mode),
    insert: insertRoutine(m, mode),
    truncate: truncateRoutine(m, mode),
    move: moveRoutine(m, mode),
  }) as const;

function sourceTriggers(m: TableMapping, mode: Mode, existing: readonly string[]): readonly RowTrigger[] {
  const named = (suffix: string) => lastTriggerName(ours(m, suffix).name, existing);
  const { forward, insert, truncate, move } = routines(m, mode);
  return [
    { name: named('forward'), relation: m.source, when: 'AFTER UPDATE OR DELETE', each: 'row', routine: forward },
    { name: named('insert'), relation: m.source, when: 'AFTER INSERT', each: 'row at commit', routine: insert },
    ...(isPartitioned(m) ? [moveTrigger(m, named('move'), move)] : []),
    ...m.leaves.map((relation): RowTrigger => ({
      name: named('truncate'),
      relation,
      when: 'AFTER TRUNCATE',
      each: 'statement',
      routine: truncate,
      ...(isPartitioned(m) ? { leafOf: m.source } : {}),
    })),
  ];
}

const isPartitioned = ({ source, leaves }: TableMapping): boolean =>
  leaves.some((leaf) => leaf.schema !== source.schema || leaf.name !== source.name);

const moveTrigger = (m: TableMapping, name: string, routine: Routine): RowTrigger => ({
  name,
  relation: m.source,
  when: 'BEFORE UPDATE',
  each: 'row',
  onlyIf: keyChanged(m),
  routine,
});

/**
 * The targets' triggers do nothing before every writer of the source syncs at once: a copy that is still behind follows a change
 * of its key, and would write what it holds over the document.
 */
const inMode = (mode: Mode, routine: Routine): Routine =>
  mode === 'direct' || mode === 'reviving' ? routine : { ...routine, body: sql`BEGIN RETURN NULL; END ` };

const targetTriggers = (m: TableMapping, mode: Mode): readonly RowTrigger[] =>
  m.targets.flatMap((target, i): readonly RowTrigger[] => {
    const named = (suffix: string) => lastTriggerName(ours(m, suffix).name, []);
    const relation = target.table;
    return [
      {
        name: named(`reverse_${i}`),
        relation,
        when: 'AFTER INSERT OR UPDATE OR DELETE',
        each: 'row',
        routine: inMode(mode, reverseRoutine(m, i, target, mode === 'reviving')),
      },
      {
        name: named(`recreate_${i}`),
        relation,
        when: 'AFTER DELETE',
        each: 'row at commit',
        routine: inMode(mode, recreateRoutine(m, i, target)),
      },
      {
        name: named(`truncate_${i}`),
        relation,
        when: 'AFTER TRUNCATE',
        each: 'statement',
        routine: inMode(mode, truncateTargetRoutine(m, i, target)),
      },
    ];
  });

const dropAll = (list: readonly RowTrigger[]) => statements(...list.map(dropTrigger), ...unique(list).map(dropRoutine));

const createAll = (list: readonly RowTrigger[], besides: readonly Routine[] = []) =>
  statements(createRoutines([...besides, ...unique(list)]), ...list.map(createTrigger));

export function tableSync(m: TableMapping, existingTriggers: readonly string[]): TableSync {
  const pinned = (routine: Routine): Routine => ({ ...routine, pinned: m.dependsOnSession });
  const allPinned = (list: readonly RowTrigger[]) => list.map((t) => ({ ...t, routine: pinned(t.routine) }));
  const triggers = (mode: Mode) => allPinned(sourceTriggers(m, mode, existingTriggers));
  const reverse = (mode: Mode) => allPinned(targetTriggers(m, mode));
  const all = (mode: Mode) => [...triggers(mode), ...reverse(mode)];
  const bodies = (mode: Mode) => statements(...unique(all(mode)).map(createRoutine));
  const drain = (mode: Mode) => pinned(drainRoutine(m, mode === 'reviving'));
  const oldWrites = ours(m, 'old_writes');
  const onSource = (mode: Lock['mode']): readonly Lock[] =>
    lockAll(m.leaves.length > 1 ? [m.source, ...m.leaves] : [m.source], mode);
  const onTargets = (mode: Lock['mode']) =>
    lockAll(
      m.targets.map((t) => t.table),
      mode,
    );
  const source = triggers('capture');
  return {
    install: {
      sql: statements(...countWrites(oldWrites), createAll(source, [drain('capture')])),
      locks: onSource('SHARE ROW EXCLUSIVE'),
      undo: {
        sql: statements(
          dropAll(source),
          dropRoutine(drain('direct')),
          sql`DROP SEQUENCE IF EXISTS ${qualified(oldWrites)}`,
        ),
        locks: onSource('ACCESS EXCLUSIVE'),
      },
      installs: source.map(installed),
    },
    change: (from, to) => ({
      sql: bodies(to),
      locks: [],
      undo: { sql: bodies(from), locks: [] },
      installs: all(to).map(installed),
    }),
    installReverse: {
      sql: createAll(reverse('capture')),
      locks: onTargets('SHARE ROW EXCLUSIVE'),
      undo: { sql: dropAll(reverse('capture')), locks: onTargets('ACCESS EXCLUSIVE') },
      installs: reverse('capture').map(installed),
    },
    remove: statements(
      dropAll(all('direct')),
      dropRoutine(drain('direct')),
      sql`DELETE FROM ${ident(m.journal)}.dirty WHERE migration = ${m.migration} AND mapping = ${m.id}`,
    ),
    restore: createAll(all('reviving'), [drain('reviving')]),
    revived: statements(createRoutine(drain('direct')), bodies('direct')),
  };
}

const lockAll = (relations: readonly RelationName[], mode: Lock['mode']): readonly Lock[] =>
  relations.map((relation) => ({ relation, mode, holds: 'instant' }));

/** One function may serve several triggers. */
const unique = (list: readonly RowTrigger[]): readonly Routine[] => [
  ...new Map(list.map(({ routine }) => [JSON.stringify(routine.name), routine])).values(),
];
