import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deps, Pages } from '../app/deps.ts';
import type { PublishedDocument } from '../app/publish-spec.ts';
import { updateSpec } from '../app/update-spec.ts';
import type { Clock } from '../clock.ts';
import { connectTo } from '../database/connect.ts';
import { startEmbedded, type EmbeddedServer } from '../database/embedded.ts';
import { renderDemoHtml } from '../report/demo-page.ts';
import { connectEngine } from './connect-engine.ts';
import { type DemoView, firstView } from './demo-view.ts';
import { flagshipName, writeFlagship } from './flagship.ts';
import { type DemoSpecification, fromSpecification } from './from-specification.ts';
import { demoOptions, demoServerFlags, runDemo, type Demonstration } from './run-demo.ts';

export interface DemonstrateDeps {
  readonly clock: Clock;
  readonly onView: (view: DemoView) => void;
  readonly signal: AbortSignal;
  readonly self: { readonly host: string; readonly process: number };
}

export interface DemonstrateOptions {
  readonly rows: number;
  readonly keep: boolean;
  /** The migration comes from this page, and its plan and tasks follow the run. */
  readonly specification?: DemoSpecification & { readonly pages: Pages };
}

export interface Demonstrated extends Demonstration {
  readonly folder: string;
  readonly reportFile: string;
  readonly pageFile: string;
  /** Still running only when it was to be kept. */
  readonly server: EmbeddedServer;
  /** What the pages were brought to at the end; null without a specification. */
  readonly published: PublishedDocument | null;
}

/** The demonstration from nothing: a server of its own, the migration on it under traffic, and the report as files. */
export async function demonstrate(
  { onView, ...deps }: DemonstrateDeps,
  { rows, keep, specification }: DemonstrateOptions,
): Promise<Demonstrated> {
  const folder = await mkdtemp(join(tmpdir(), 'lockkeeper-demo-'));
  const server = await startEmbedded({
    flags: [...demoServerFlags, '-c', 'shared_buffers=512MB', '-c', 'max_wal_size=4GB', '-c', 'max_connections=100'],
    persistent: keep,
  });
  try {
    const { clock, signal, self } = deps;
    const connect = connectTo(server.target);
    const config = { cwd: folder, migrations: folder, journalSchema: 'lockkeeper', protected: false };
    const known: Omit<Deps, 'emit'> = { connect, clock, signal, config, self };
    const silent = { ...known, emit: () => undefined };
    const engine = async () => {
      if (!specification) return connectEngine(known, await writeFlagship(folder));
      const { pages } = specification;
      onView({ ...firstView, act: 'drafting and publishing' });
      return connectEngine({ ...known, pages }, await fromSpecification({ ...silent, pages }, specification, folder));
    };
    const shown = await runDemo({ url: server.url, connect, engine, onView, clock }, demoOptions(rows));
    const published = specification
      ? await updateSpec({ ...silent, pages: specification.pages }, { migration: flagshipName, dryRun: false })
      : null;
    const reportFile = join(folder, 'report.json');
    const pageFile = join(folder, 'report.html');
    await writeFile(reportFile, `${JSON.stringify(shown.report, null, 2)}\n`);
    await writeFile(pageFile, renderDemoHtml(shown.report));
    if (!keep) await server.stop();
    return { ...shown, folder, reportFile, pageFile, server, published };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
