import type { Clock } from '../clock.ts';
import type { Connect } from '../database/database.ts';
import type { Application, LiveLatency } from './application/application.ts';
import { startApplication } from './start-application.ts';
import type { DemoEngine } from './demo-engine.ts';
import { advance, type DemoView, firstView } from './demo-view.ts';
import { flagshipName } from './flagship.ts';
import { recordEvents } from './record-events.ts';
import { applicationRole } from './seed.ts';
import { sampleStalls } from './stall-sampler.ts';

export interface DemoOptions {
  readonly rows: number;
  readonly ratePerSecond: number;
  readonly connections: number;
  /** How long the application runs before the migration begins, and between the acts. */
  readonly baselineMs: number;
  readonly soakMs: number;
}

export interface DemoDeps {
  /** An empty database, as a superuser. */
  readonly url: string;
  readonly connect: Connect;
  /** The product, bound to the flagship's migration and this database; called once the table is seeded. */
  readonly engine: () => Promise<DemoEngine>;
  readonly onView: (view: DemoView) => void;
  readonly clock: Clock;
}

/** The application running, the stall sampler watching, and the report's ingredients being collected. */
export async function setStage(
  { url, connect, engine: makeEngine, onView, clock }: DemoDeps,
  options: DemoOptions,
  password: string,
) {
  const startedAt = clock.now();
  const recorded = recordEvents();
  let view = firstView;
  const show = (change: Partial<DemoView>) => {
    view = { ...view, ...change, elapsedMs: clock.now() - startedAt };
    onView(view);
  };
  const engine = await makeEngine();
  engine.onEvent((event) => {
    recorded.add(event);
    show(advance(view, event));
  });

  const watch = await connect('watch', flagshipName);
  const doing = () => [view.act, recorded.runningStep()].filter(Boolean).join(': ');
  const stalls = sampleStalls(watch, applicationRole, doing, clock);
  const onLive = (latency: LiveLatency) => show({ latency, longestStallMs: stalls.longestMs() });
  const { rows, ratePerSecond, connections } = options;
  const applicationUrl = Object.assign(new URL(url), { username: applicationRole, password }).href;
  const application = await startApplication(
    { url: applicationUrl, rows, migration: flagshipName, ratePerSecond, connections },
    onLive,
  ).catch(async (error: unknown) => {
    await watch.close();
    throw error;
  });
  show({ act: 'baseline' });

  return {
    engine,
    recorded,
    application: application as Application,
    /** Names the time from now on, on the screen, in the figures and on the chart. */
    act: async (label: string) => {
      await application.setPhase(label);
      show({ act: label });
    },
    stopSampling: () => stalls.stop(),
    strike: async () => {
      application.kill();
      await watch.close();
    },
  };
}

export type Stage = Awaited<ReturnType<typeof setStage>>;
