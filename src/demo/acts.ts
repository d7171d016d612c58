import type { Clock } from '../clock.ts';
import type { PhaseName } from '../events.ts';
import type { DemoReport } from '../report/demo-report.ts';
import type { Shapes } from './application/application.ts';
import { demoGateClosed } from './errors.ts';
import { misfitIds } from './misfits.ts';
import type { Stage } from './stage.ts';

interface Timing {
  readonly clock: Clock;
  readonly baselineMs: number;
  readonly soakMs: number;
}

type Played = Pick<DemoReport, 'verification' | 'rollback'> & {
  readonly checks: DemoReport['application']['checks'];
  readonly repaired: number;
  readonly accepted: number;
  readonly open: number;
};

/** The whole piece: forward through the five phases, once back from switch and forward again, under traffic all the time. */
export async function playActs(stage: Stage, rows: number, { clock, baselineMs, soakMs }: Timing): Promise<Played> {
  const { engine, application, act } = stage;
  const checks: Played['checks'] = [];
  const verification: Played['verification'] = [];
  const soak = () => clock.sleep(soakMs);
  const check = async (when: string, shapes: Shapes) => {
    const { users, values, differences } = await application.check(shapes);
    checks.push({ when, users, values, differences });
  };
  const verify = async (when: string) => {
    verification.push({ when, ...(await engine.verify()) });
  };

  await clock.sleep(baselineMs);
  await act('expand');
  await goTo(stage, 'expand');
  await act('backfill');
  await goTo(stage, 'backfill');
  await act('dual-write');
  await goTo(stage, 'dual-write');
  await act('new version joins');
  await application.enableNew();
  await soak();

  const misfits = misfitIds(rows);
  const repaired = await application.repair(misfits.filter((_, i) => i % 2 === 0));
  const accepted = await engine.quarantine.accept();
  await verify('in dual-write');
  await check('in dual-write', 'both');

  await act('switch');
  await goTo(stage, 'switch');
  await soak();
  const rollback = await goBackOnce(stage, clock, async () => {
    await soak();
    await verify('after the rollback');
    await check('after the rollback', 'both');
  });
  await soak();
  await verify('before contract');
  await check('before contract', 'both');

  await application.disableOld();
  await act('contract');
  await goTo(stage, 'contract');
  await soak();
  const { open } = await engine.quarantine.list();
  await check('at the end', 'new');
  return { verification, checks, rollback, repaired, accepted, open };
}

async function goBackOnce({ engine, act, recorded, ...stage }: Stage, clock: Clock, meanwhile: () => Promise<void>) {
  await act('rollback to dual-write');
  const before = recorded.steps.length;
  const startedAt = clock.now();
  await engine.rollback('dual-write');
  const durationMs = clock.now() - startedAt;
  const steps = recorded.steps.slice(before).map(({ id }) => id);
  await meanwhile();
  await act('switch again');
  const againAt = clock.now();
  await goTo({ engine, act, recorded, ...stage }, 'switch');
  return { from: 'switch', to: 'dual-write', steps, durationMs, forwardAgainMs: clock.now() - againAt } as const;
}

/** Gates that ask for a person are opened with a note, as a person would; any other closed gate ends the demonstration. */
async function goTo({ engine }: Stage, to: PhaseName): Promise<void> {
  const opened = new Set<string>();
  for (;;) {
    const { outcome, closedGates } = await engine.apply(to);
    if (outcome === 'reached') return;
    const asked = closedGates.filter(({ gate }) => personGates.has(gate) && !opened.has(gate));
    const [closed] = closedGates;
    if (asked.length === 0) throw demoGateClosed(to, closed?.gate ?? 'unknown', closed?.why ?? 'it did not say why');
    for (const { gate } of asked) {
      await engine.approve(gate, 'Approved by the demonstration.');
      opened.add(gate);
    }
  }
}

const personGates: ReadonlySet<string> = new Set(['backup', 'contract-approval', 'old-shape-unused']);
