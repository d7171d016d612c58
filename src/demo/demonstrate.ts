import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { connectTo } from '../database/connect.ts';
import { startEmbedded, type EmbeddedServer } from '../database/embedded.ts';
import { renderDemoHtml } from '../report/demo-page.ts';
import { connectEngine } from './connect-engine.ts';
import type { DemoView } from './demo-view.ts';
import { writeFlagship } from './flagship.ts';
import { demoOptions, demoServerFlags, runDemo, type Demonstration } from './run-demo.ts';

export interface DemonstrateDeps {
  readonly clock: Clock;
  readonly onView: (view: DemoView) => void;
  readonly signal: AbortSignal;
  readonly self: { readonly host: string; readonly process: number };
}

export interface Demonstrated extends Demonstration {
  readonly folder: string;
  readonly reportFile: string;
  readonly pageFile: string;
  /** Still running only when it was to be kept. */
  readonly server: EmbeddedServer;
}

/** The demonstration from nothing: a server of its own, the migration on it under traffic, and the report as files. */
export async function demonstrate(
  deps: DemonstrateDeps,
  { rows, keep }: { readonly rows: number; readonly keep: boolean },
): Promise<Demonstrated> {
  const folder = await mkdtemp(join(tmpdir(), 'lockkeeper-demo-'));
  const server = await startEmbedded({
    flags: [...demoServerFlags, '-c', 'shared_buffers=512MB', '-c', 'max_wal_size=4GB', '-c', 'max_connections=100'],
    persistent: keep,
  });
  try {
    const migration = await writeFlagship(folder);
    const connect = connectTo(server.target);
    const engine = () =>
      Promise.resolve(
        connectEngine(
          {
            connect,
            clock: deps.clock,
            signal: deps.signal,
            config: { cwd: folder, migrations: folder, journalSchema: 'lockkeeper', protected: false },
            self: deps.self,
          },
          migration,
        ),
      );
    const shown = await runDemo(
      { url: server.url, connect, engine, onView: deps.onView, clock: deps.clock },
      demoOptions(rows),
    );
    const reportFile = join(folder, 'report.json');
    const pageFile = join(folder, 'report.html');
    await writeFile(reportFile, `${JSON.stringify(shown.report, null, 2)}\n`);
    await writeFile(pageFile, renderDemoHtml(shown.report));
    if (!keep) await server.stop();
    return { ...shown, folder, reportFile, pageFile, server };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
