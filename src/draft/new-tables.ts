import type { Requirements } from '../spec/requirements.ts';
import { ask, cannot, type Findings, nothing, together } from './draft.ts';
import { draftExtraction } from './extraction.ts';
import { jsonSources, type JsonSource } from './json-source.ts';
import { tablesCalled } from './look-up.ts';
import { hasKeyFor } from './specified-columns.ts';
import type { World } from './world.ts';
import type { WishOf } from './wish.ts';

/** Tables that are to be there: made of a JSON column where the page names one, or where its keys are called like their columns; otherwise nothing makes them yet. */
export function settleNewTables(
  wishes: readonly WishOf<'new_table'>[],
  indexes: readonly WishOf<'create_index'>[],
  requirements: Requirements,
  world: World,
): Findings {
  const sources = jsonSources(requirements, world).filter((source) => isWanted(source, wishes, world));
  const taken = sources.some(({ named }) => named) ? takenNames(requirements, sources, world) : nothing;
  const [source, ...more] = sources;
  if (taken.questions.length) return taken;
  if (!wishes.length) return nothing;
  if (!source) return together([...wishes, ...indexes].map(notMade));
  if (more.length) return { ...nothing, questions: wishes.slice(0, 1).map((wish) => which(wish, sources)) };
  const json = world.structureOf(source.table, source.column.name);
  const fitting = wishes.filter((w) => source.named || !w.columns.length || hasKeyFor(w.columns, json?.paths ?? []));
  const others = wishes.filter((wish) => !fitting.includes(wish));
  return together([json ? draftExtraction(source, fitting, json, indexes) : nothing, ...others.map(notMade)]);
}

const NO_SOURCE = 'An operation makes tables of the keys of a JSON column only; the page names none for it.';

const notMade = (wish: WishOf<'new_table' | 'create_index'>): Findings =>
  cannot(wish, wish.kind === 'new_table' ? 'create a table' : 'create an index on a new table', NO_SOURCE);

/** A column that the page does not name must have a key that is asked for. */
const isWanted = (
  { table, column, named }: JsonSource,
  wishes: readonly WishOf<'new_table'>[],
  world: World,
): boolean =>
  named || wishes.some((wish) => hasKeyFor(wish.columns, world.structureOf(table, column.name)?.paths ?? []));

const nameOf = ({ table, column }: JsonSource) => `${table.name}.${column.name}`;

const which = (wish: WishOf<'new_table'>, sources: readonly JsonSource[]) =>
  ask(
    wish,
    `Which column do ${wish.table} and the like come from: ${sources.map(nameOf).join(' or ')}?`,
    'The keys of one column go into them.',
    'Nothing is drafted for it.',
  );

/** Tables that the page wants and the database has. */
function takenNames({ facts }: Requirements, sources: readonly JsonSource[], { tables }: World): Findings {
  const targets = facts.filter(({ slot }) => slot === 'target');
  const questions = targets.flatMap((fact) =>
    fact.names
      .filter(({ kind, name }) => {
        const [there] = kind === 'table' ? tablesCalled(tables, name) : [];
        return there && !sources.some(({ table }) => table.schema === there.schema && table.name === there.name);
      })
      .map(({ name }) =>
        ask(
          fact,
          `There is a table ${name} already. Is it the one that is meant, or is the page older than the database?`,
          'Nothing that somebody else made is taken over.',
          'Nothing is drafted for it.',
        ),
      ),
  );
  return { ...nothing, questions };
}
