import type { PhaseName } from '../events.ts';
import type { Queryable } from '../database/database.ts';
import type { PlannedGate } from '../plan/plan.ts';
import { ident, raw, sql } from '../sql/sql.ts';
import { compareShapes, describeParity, isExact } from '../verify/parity.ts';
import { oldShapeUsers, readOldShapeUse, usedBetween, type OldShapeUse } from '../verify/old-shape.ts';
import { mappingOf, type RunContext } from '../backfill/context.ts';

export interface GateVerdict {
  readonly open: boolean;
  readonly why: string;
  /** What to do, or to type, to open it. */
  readonly opensBy: string;
}

const open = (why: string): GateVerdict => ({ open: true, why, opensBy: '' });
const closed = (why: string, opensBy: string): GateVerdict => ({ open: false, why, opensBy });

export type GateContext = Pick<RunContext, 'journal' | 'plan' | 'clock'> & {
  readonly run: {
    readonly id: number;
    readonly migration: string;
    readonly switchedAt: string | null;
    readonly phase: PhaseName | null;
  };
};

/** Looks whether what a gate asks for holds now. Reads only, but for the quarantine, which is brought up to date first. */
export async function checkGate(c: GateContext, db: Queryable, gate: PlannedGate): Promise<GateVerdict> {
  const approve = `lockkeeper approve ${c.run.migration} ${gate.gate}`;
  switch (gate.gate) {
    case 'parity': {
      const counts = await compareShapes(db, mappingOf(c.plan, gate.mapping));
      return isExact(counts)
        ? open(describeParity(counts))
        : closed(describeParity(counts), `lockkeeper verify ${c.run.migration} --repair`);
    }
    case 'quarantine':
      return await quarantineGate(c, db, gate);
    case 'soak':
      return soakGate(c, gate);
    case 'old-shape-unused':
      return await oldShapeGate(c, db, gate, approve);
    case 'backup':
    case 'contract-approval': {
      const by = await approvedBy(c, db, gate.gate);
      return by
        ? open(`approved by ${by}`)
        : closed(
            gate.gate === 'backup' ? 'nobody has named a backup' : 'it needs a person’s approval',
            `${approve} --note "…"`,
          );
    }
  }
}

async function oldShapeGate(c: GateContext, db: Queryable, gate: PlannedGate, approve: string): Promise<GateVerdict> {
  const before = (await c.journal.statementsAtSwitch(db, c.run)) as OldShapeUse | null;
  const users = await oldShapeUsers(db, c.plan, mappingOf(c.plan, gate.mapping));
  const statements = usedBetween(before, await readOldShapeUse(db, c.plan), gate.mapping ?? '');
  const switched = c.run.switchedAt !== null;
  const used = switched ? statements.why : 'use of the old shape is counted from the switch on';
  const why = users.length ? `${users.join(', ')} would go on reading the archived column` : used;
  if (statements.verdict === 'unused' && !users.length) return open(why);
  const by = await approvedBy(c, db, gate.gate);
  if (by) return open(`${by} says so (${why})`);
  return closed(
    why,
    switched
      ? `stop the old code, take a new reading with \`lockkeeper reads ${c.run.migration} new\`, and come back; or, if you know better: ${approve} --note "…"`
      : switchesReads(c),
  );
}

async function quarantineGate(c: GateContext, db: Queryable, gate: PlannedGate): Promise<GateVerdict> {
  const mapping = mappingOf(c.plan, gate.mapping);
  await db.query(raw(mapping.requarantine));
  const [row] = await db.query<{ open: number; accepted: number }>(sql`
    SELECT count(*) FILTER (WHERE state = 'open') AS open, count(*) FILTER (WHERE state = 'accepted') AS accepted
      FROM ${ident(c.journal.schema)}.quarantine WHERE migration = ${c.run.migration} AND mapping = ${mapping.id}`);
  const look = `look: lockkeeper quarantine list ${c.run.migration}`;
  if (row?.open)
    return closed(
      `${row.open} values do not fit the new shape`,
      `${look}; correct them through the old shape, or: lockkeeper quarantine accept ${c.run.migration}`,
    );
  // From the moment that NOT NULL is there, every write of such a row would fail.
  const [unfilled] = mapping.unfilled ? await db.query<{ rows: number }>(raw(mapping.unfilled)) : [];
  if (unfilled?.rows)
    return closed(
      `rows without a value in the new column, which contract makes NOT NULL: ${unfilled.rows}`,
      `${look}; give each a value, through either column`,
    );
  return open(row?.accepted ? `${row.accepted} accepted, none open` : 'nothing is in quarantine');
}

/** Some may have been moved back since the switch. */
const switchesReads = ({ run }: GateContext): string =>
  run.phase === 'switch' ? `lockkeeper reads ${run.migration} new` : `lockkeeper apply ${run.migration} --to switch`;

function soakGate(c: GateContext, gate: PlannedGate): GateVerdict {
  if (c.run.switchedAt === null) return closed('reads are not switched', switchesReads(c));
  const left = (gate.soakMs ?? 0) - (c.clock.now() - Date.parse(c.run.switchedAt));
  return left <= 0
    ? open(`reads were switched at ${c.run.switchedAt}`)
    : closed(`reads were switched at ${c.run.switchedAt}`, `wait ${Math.ceil(left / 60_000)} more minutes`);
}

/** Who approved a gate of this very plan, if the approval has not expired. */
export async function approvedBy(
  c: Pick<GateContext, 'journal' | 'plan'> & { readonly run: { readonly migration: string } },
  db: Queryable,
  gate: string,
): Promise<string | null> {
  const [row] = await db.query<{ by: string }>(sql`
    SELECT approved_by AS by FROM ${ident(c.journal.schema)}.approval
     WHERE migration = ${c.run.migration} AND plan_hash = ${c.plan.planHash} AND gate = ${gate} AND (expires_at IS NULL OR expires_at > now())
     ORDER BY id DESC LIMIT 1`);
  return row?.by ?? null;
}
