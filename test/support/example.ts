import { readdirSync, readFileSync } from 'node:fs';
import { listArchives, purgeArchive } from '../../src/app/archive.ts';
import type { Deps } from '../../src/app/deps.ts';
import type { RunDocument } from '../../src/app/documents.ts';
import { readAuthored } from '../../src/app/plan-migration.ts';
import { verify } from '../../src/app/verify.ts';
import { Journal } from '../../src/journal/journal.ts';
import { followUps } from '../../src/migration/migration.ts';
import type { PhaseName } from '../../src/events.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Connect } from '../../src/database/database.ts';
import { engineOn } from './engine.ts';

/** A folder of examples/. */
export const example = (name: string) => {
  const file = (part: string) => readFileSync(`examples/${name}/${part}`, 'utf8');
  return {
    name,
    migration: `examples/${name}/migration.yaml`,
    before: file('before.sql'),
    plain: file('plain.sql'),
    oldCode: file('old-code.sql'),
    newCode: file('new-code.sql'),
  };
};

export const examples = readdirSync('examples').map(example);

/** One migration on one database, driven to a phase or to its end with every gate opened on the way. */
export function migrate(connect: Connect, migration: string, change: Partial<Deps> = {}) {
  const engine = engineOn(connect, migration, change);
  const journal = new Journal('lockkeeper');
  const name = async () => (await readAuthored(engine.deps, migration)).name;
  const run = async () => {
    const session = await connect('read');
    try {
      return (await journal.version(session)) === null ? null : await journal.run(session, await name());
    } finally {
      await session.close();
    }
  };
  const openGates = async () => {
    await engine.approveAll();
    await engine.accept();
  };
  const to = async (phase: PhaseName): Promise<void> => {
    const first = await engine.apply(phase);
    if (first.outcome === 'reached') return;
    await openGates();
    await must(engine.apply(phase));
  };
  const followedBy = async () =>
    followUps(await readAuthored(engine.deps, migration)).map((f) => `${migration}/${f.suffix}`);
  return {
    ...engine,
    to,
    run,
    /** The journal alone. */
    install: async (): Promise<void> => {
      const session = await connect('executor');
      await journal.install(session).finally(() => session.close());
    },
    plan: async (): Promise<Plan> => {
      const found = await run();
      if (!found) throw new Error('It has not run.');
      return found.plan;
    },
    /** Everything, with what follows it. */
    finish: async (): Promise<void> => {
      await to('contract');
      for (const next of await followedBy()) await migrate(connect, next, change).to('contract');
    },
    followedBy,
    back: async (phase?: PhaseName): Promise<void> => {
      await engine.approveAll();
      await must(engine.rollback(phase));
    },
    verify: () => verify(engine.deps, { migration, repair: false }),
    repair: () => verify(engine.deps, { migration, repair: true }),
    purge: async (): Promise<void> => {
      for (const { id } of (await listArchives(engine.deps)).archives)
        await purgeArchive(engine.deps, { id, confirm: () => Promise.resolve(true) });
    },
  };
}

async function must(run: Promise<RunDocument>): Promise<void> {
  const { outcome, closedGates } = await run;
  if (outcome !== 'reached') throw new Error(`It ended ${outcome}: ${JSON.stringify(closedGates)}`);
}
