import type { RunContext } from '../backfill/context.ts';
import type { StepState } from '../journal/journal.ts';
import { leafPlaceholder } from '../mappings/mapping.ts';
import type { PlannedSql } from '../plan/plan.ts';
import { ident, inline, join, qualified, raw, sql } from '../sql/sql.ts';
import { checkTriggers, expectedTriggers, leavesWithout } from '../verify/triggers.ts';
import { triggersChanged } from './errors.ts';
import { runTransactional } from './run-sql-step.ts';

type States = ReadonlyMap<string, StepState>;

/** A change of mode that has yet to settle is `running`, and its functions are there. */
export const begun = (states: States): ReadonlySet<string> =>
  new Set([...states].filter(([, state]) => state === 'done' || state === 'running').map(([id]) => id));

/** Contract has begun, or the way back from it has not ended: the old column is away, or older than the new shape. */
export const isArchived = ({ plan }: Pick<RunContext, 'plan'>, states: States): boolean =>
  plan.phases.some(
    (p) =>
      p.name === 'contract' &&
      p.steps.some((s) => s.kind === 'ddl' && 'revive' in s && s.revive && begun(states).has(s.id)),
  );

/** Stops the run when a trigger of ours is not as it was left. A partition that came meanwhile gets what PostgreSQL does not hand down to it. */
export async function checkOurTriggers(c: RunContext, states: States): Promise<void> {
  if (isArchived(c, states)) return;
  const expected = expectedTriggers(c.plan, begun(states));
  for (const e of expected)
    for (const leaf of await leavesWithout(c.session, e))
      if (e.leavesOf && !isPlanned(c, leaf)) await addToLeaf(c, e.leavesOf.create, leaf);
  const problems = await checkTriggers(c.session, expected);
  if (problems.length)
    throw triggersChanged(
      c.run.migration,
      problems.map((p) => `${p.name} ${p.problem}`),
    );
}

const isPlanned = ({ plan }: RunContext, leaf: { schema: string; name: string }): boolean =>
  plan.phases.some((p) =>
    p.steps.some(
      (s) =>
        'installs' in s && s.installs.some((i) => i.relation.schema === leaf.schema && i.relation.name === leaf.name),
    ),
  );

const addToLeaf = (
  c: RunContext,
  create: string,
  { schema, name }: { schema: string; name: string },
): Promise<unknown> =>
  runTransactional(
    c,
    `the partition ${name}`,
    {
      sql: create.split(inline(qualified(leafPlaceholder))).join(inline(qualified({ schema, name }))),
      locks: [{ relation: { schema, name }, mode: 'SHARE ROW EXCLUSIVE', holds: 'instant' }],
    },
    () => c.journal.fence(c.session, c.run),
  );

/** Puts every trigger and function of ours back as the plan has them, in one transaction. Only with the executor's lock, and states read since it is held. What was written meanwhile is for the comparison to find. */
export async function reinstallTriggers(c: RunContext, states: States): Promise<void> {
  const steps = c.plan.phases
    .flatMap((p) => p.steps)
    .filter((s): s is PlannedSql => 'installs' in s && s.installs.length > 0 && begun(states).has(s.id));
  const installs = steps.flatMap((s) => s.installs);
  const drop = installs.map((i) => sql`DROP TRIGGER IF EXISTS ${ident(i.trigger)} ON ${qualified(i.relation)}`);
  const relations = [...new Map(installs.map((i) => [JSON.stringify(i.relation), i.relation])).values()];
  await runTransactional(
    c,
    'the triggers',
    {
      sql: inline(join([...drop, ...steps.map((s) => raw(s.sql))], ';\n')),
      locks: relations.map((relation) => ({ relation, mode: 'ACCESS EXCLUSIVE', holds: 'instant' })),
    },
    () => c.journal.fence(c.session, c.run),
  );
  await checkOurTriggers(c, states);
}
