import { expect, it } from 'vitest';
import type { Event } from '../src/events.ts';
import type { Publication } from '../src/publication/document.ts';
import type { Publish } from '../src/workspace/workspace.ts';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { example } from './support/example.ts';
import { documentOf, publishing, sectionText, statusesOf } from './support/published.ts';

// Pages follow a run: whatever the workspace does, the run does not notice.

const migration = 'examples/rename-column/migration.yaml';
const withCustomers = <T>(work: (db: TestDatabase) => Promise<T>) =>
  withDatabase(example('rename-column').before, work);

const nothing = { changes: [], problems: [] };
const pagesOf = (events: readonly Event[]) => events.filter(({ type }) => type.startsWith('pages.'));
const due = async (db: TestDatabase) => {
  const [row] = await db.rows<{ due: boolean; error: string | null }>(
    'SELECT wanted > written AS due, last_error AS error FROM lockkeeper.publication',
  );
  return row;
};

/** What happens at each call to the workspace, the last one for all that follow. */
const inTurn = (...calls: readonly Publish[]): { readonly publish: Publish; readonly seen: Publication[] } => {
  const seen: Publication[] = [];
  const publish: Publish = (publication, options) => {
    seen.push(publication);
    const call = calls[Math.min(seen.length, calls.length) - 1];
    return call ? call(publication, options) : Promise.resolve(nothing);
  };
  return { publish, seen };
};

const works: Publish = () => Promise.resolve(nothing);
const hangs: Publish = () => new Promise(() => undefined);
const refuses: Publish = () => Promise.reject(new Error('401 for the token canary-token'));

it('after each phase, forward and back, when the configuration says so', () =>
  withCustomers(async (db) => {
    const { publish, seen } = inTurn(works);
    const m = await publishing(db.connect, migration, { publish, follow: true });
    await m.publish();
    await m.to('dual-write');
    const last = seen.at(-1);
    expect(last && statusesOf(last)).toMatchObject({ 'migration-sql': 'done', backfill: 'done' });
    expect(pagesOf(m.events).at(-1)).toMatchObject({ type: 'pages.updated', workspace: 'files:docs' });
    expect(await due(db)).toEqual({ due: false, error: null });
    await m.back('expand');
    expect(statusesOf(seen.at(-1) ?? { documents: [] })).toMatchObject({
      'migration-sql': 'done',
      backfill: 'to do',
    });
  }));

it('not otherwise, nor for a migration that is not published', () =>
  withCustomers(async (db) => {
    const { publish, seen } = inTurn(works);
    const silent = await publishing(db.connect, migration, { publish });
    await silent.publish();
    await silent.to('expand');
    expect(seen.length).toBe(1);
    await silent.back();
    await db.run('DELETE FROM lockkeeper.publication');
    const unpublished = await publishing(db.connect, migration, { publish, follow: true });
    await unpublished.to('expand');
    expect(seen.length).toBe(1);
    expect(pagesOf(unpublished.events)).toEqual([]);
  }));

it('a workspace that hangs: the run ends as ever, and the next update catches up', () =>
  withCustomers(async (db) => {
    const { publish, seen } = inTurn(works, hangs, works);
    const m = await publishing(db.connect, migration, { publish, follow: true });
    await m.publish();
    expect(await m.apply('switch')).toMatchObject({ outcome: 'reached', phase: 'switch' });
    expect(seen.length).toBe(2);
    expect(pagesOf(m.events)).toEqual([
      {
        type: 'pages.failed',
        migration: 'customer-country-code',
        workspace: 'files:docs',
        why: 'it did not answer in time.',
      },
    ]);
    expect(m.events.findIndex(({ type }) => type === 'run.finished')).toBeLessThan(
      m.events.indexOf(pagesOf(m.events)[0] as Event),
    );
    expect(await due(db)).toMatchObject({ due: true });
    expect(
      await db.rows(
        `SELECT FROM pg_stat_activity WHERE application_name LIKE 'lockkeeper customer%' AND datname = current_database()`,
      ),
    ).toEqual([]);
    await m.update();
    expect(await due(db)).toMatchObject({ due: false });
    expect(sectionText(documentOf(seen.at(-1) as Publication, 'plan'), 'progress')).toContain('done up to `switch`');
  }));

it('a workspace that refuses: a warning without what it said, and the next phase catches up', () =>
  withCustomers(async (db) => {
    const { publish } = inTurn(works, refuses, refuses, works);
    const m = await publishing(db.connect, migration, { publish, follow: true });
    await m.publish();
    expect(await m.apply('expand')).toMatchObject({ outcome: 'reached' });
    expect(pagesOf(m.events).map(({ type }) => type)).toEqual(['pages.failed', 'pages.failed']);
    expect(JSON.stringify(m.events)).not.toContain('canary-token');
    expect(await due(db)).toEqual({ due: true, error: 'the workspace could not be reached.' });
    expect(await m.apply('backfill')).toMatchObject({ outcome: 'reached' });
    expect(pagesOf(m.events).at(-1)).toMatchObject({ type: 'pages.updated' });
    expect(await due(db)).toEqual({ due: false, error: null });
  }));

it('a workspace that dies in the middle finds what it had written down', () =>
  withCustomers(async (db) => {
    const found: unknown[] = [];
    const dies: Publish = async (_, { records }) => {
      await records.write('customer-country-code/plan', { id: 'page-0' });
      await records.write('customer-country-code/plan', { id: 'page-1' });
      throw new Error('the connection was cut');
    };
    const goesOn: Publish = async (_, { records }) => {
      found.push(await records.read('customer-country-code/plan'), await records.read('customer-country-code/other'));
      return nothing;
    };
    const { publish } = inTurn(dies, goesOn);
    const m = await publishing(db.connect, migration, { publish, follow: true });
    await expect(m.publish()).rejects.toThrow('the connection was cut');
    expect(await due(db)).toMatchObject({ due: true });
    await m.to('expand');
    expect(found.slice(0, 2)).toEqual([{ id: 'page-1' }, null]);
    expect(await due(db)).toMatchObject({ due: false });
  }));

it('two programs at once: one writes, and goes on until it has said what the other one saw', () =>
  withCustomers(async (db) => {
    let goOn = () => {};
    let began = () => {};
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const started = new Promise<void>((resolve) => (began = resolve));
    const waits: Publish = async () => {
      began();
      await held;
      return nothing;
    };
    const { publish, seen } = inTurn(works, waits, works);
    const m = await publishing(db.connect, migration, { publish });
    await m.publish();
    const first = m.update();
    await started;
    await m.to('expand');
    await expect(m.update()).rejects.toMatchObject({ code: 'PAGES_BUSY', exitCode: 3 });
    goOn();
    await first;
    expect(seen.length).toBe(3);
    expect(statusesOf(seen.at(-1) as Publication)['migration-sql']).toBe('done');
    expect(await due(db)).toMatchObject({ due: false });
  }));

it('an update of what is not published is refused', () =>
  withCustomers(async (db) => {
    const m = await publishing(db.connect, migration);
    await expect(m.update()).rejects.toMatchObject({ code: 'JOURNAL_MISSING' });
    await m.install();
    expect(await m.update()).toBeUndefined();
    const { updateSpec } = await import('../src/app/update-spec.ts');
    await expect(updateSpec(m.deps, { migration, dryRun: false })).rejects.toMatchObject({ code: 'NOT_PUBLISHED' });
  }));
