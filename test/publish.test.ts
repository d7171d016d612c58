import { access, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publishSpec } from '../src/app/publish-spec.ts';
import { updateSpec } from '../src/app/update-spec.ts';
import { systemClock } from '../src/clock.ts';
import { notionWorkspace } from '../src/workspace/notion.ts';
import { startNotion } from './notion/server.ts';
import { readConfig } from '../src/app/config.ts';
import { flagshipName, writeFlagship } from '../src/demo/flagship.ts';
import { seed } from '../src/demo/seed.ts';
import { tmpdir } from 'node:os';
import { withDatabase, type TestDatabase } from './support/database.ts';
import { example, examples, migrate } from './support/example.ts';
import { documentOf, pageText, publishing, sectionText, statusesOf } from './support/published.ts';

const planSections = (phases: readonly string[]) => [
  ...['overview', 'progress', 'tasks', 'requirements', 'schema', ...phases.map((p) => `phase-${p}`)],
  ...['queries', 'rollback', 'downtime', 'risks', 'timeline', 'success', 'clarifications'],
];
const allPhases = ['expand', 'backfill', 'dual-write', 'switch', 'contract'];
const mappingTasks = ['migration-sql', 'backfill', 'write-code', 'read-queries', 'rollback-plan', 'contract', 'purge'];

const tasksOf: Record<string, readonly string[]> = {
  'create-index': ['migration-sql', 'rollback-plan'],
  'rename-column': mappingTasks,
  'change-column-type': mappingTasks,
  'change-type-in-place': [...mappingTasks.slice(0, -1), 'then-end-as', 'purge'],
  'extract-json': [...mappingTasks.slice(0, 5), 'misfits', 'contract', 'purge'],
};

describe.each(examples)('the pages of $name', ({ name, before, migration }) => {
  it('have every section, a task for each thing to do, and only links that lead somewhere', () =>
    withDatabase(before, async (db) => {
      await db.run('ANALYZE');
      const m = await publishing(db.connect, migration);
      const { documents } = await m.published();
      const [plan, ...tasks] = documents;
      const phases = name === 'create-index' ? ['expand'] : allPhases;
      expect(plan?.sections.map(({ key }) => key)).toEqual(planSections(phases));
      expect(tasks.map(({ key }) => key.split('/').at(-1))).toEqual(tasksOf[name]);
      const keys = new Set(documents.map(({ key }) => `lockkeeper:${key}`));
      for (const document of documents) {
        const text = pageText(document);
        expect(text).not.toMatch(/undefined|NaN|\[object|Infinity/u);
        const links = [...text.matchAll(/\]\((lockkeeper:[^)]+)\)/gu)].map(([, to]) => to ?? '');
        expect(links.filter((to) => to !== 'lockkeeper:specification' && !keys.has(to))).toEqual([]);
      }
      for (const { sections, properties } of tasks) {
        expect(sections.map(({ key }) => key)).toEqual(['context', 'objective', 'criteria', 'progress', 'notes']);
        expect(properties).toMatchObject({ status: 'to do', start: null });
        expect(properties?.blockedBy.filter((key) => !keys.has(`lockkeeper:${key}`))).toEqual([]);
      }
    }));
});

const configOf = await readConfig({ cwd: tmpdir() });

/** The demo's table and migration. */
const withFlagship = <T>(work: (db: TestDatabase, migration: string) => Promise<T>): Promise<T> =>
  withDatabase('', async (db) => {
    await seed(db.session, 1000, 'x');
    return await work(db, await writeFlagship(await mkdtemp(join(tmpdir(), 'lockkeeper-flagship-'))));
  });

const boxes = (text: string) =>
  [...text.matchAll(/^- \[( |x)\] (.*)$/gmu)].map(([, box, said]) => ({ done: box === 'x', said }));

it('the flagship: each phase moves its tasks on, ticks what it proves, and back unticks it', () =>
  withFlagship(async (db, migration) => {
    const m = await publishing(db.connect, migration);
    const first = await m.published();
    expect(first.documents.map(({ title }) => title)).toEqual([
      'Implementation Plan: User preferences schema',
      'Migration SQL: create user_preferences and notification_preferences',
      'Backfill: copy users.preferences into user_preferences and notification_preferences',
      'Code that writes user_preferences and notification_preferences',
      'Read queries: move them to user_preferences and notification_preferences',
      'Rollback plan and monitoring',
      'Decide about values of users.preferences that do not fit',
      'Archive users.preferences',
      'Drop the archive of users.preferences',
    ]);
    expect(boxes(pageText(documentOf(first, 'backfill') ?? { sections: [] })).filter(({ done }) => done)).toEqual([]);
    const todo = Object.fromEntries(Object.keys(statusesOf(first)).map((key) => [key, 'to do']));
    expect(statusesOf(first)).toEqual(todo);

    await m.to('expand');
    const expanded = { ...todo, 'migration-sql': 'done' };
    expect(statusesOf(await m.updated())).toEqual(expanded);

    await m.to('backfill');
    const filled = { ...expanded, backfill: 'done' };
    const atBackfill = await m.updated();
    expect(statusesOf(atBackfill)).toEqual(filled);
    expect(sectionText(documentOf(atBackfill, 'backfill'), 'criteria')).toContain(
      '`backfill/01-copy-users`): 1,000 rows',
    );
    expect(sectionText(documentOf(atBackfill, 'plan'), 'progress')).toContain('- 20 rows of'.slice(2));

    await m.to('switch');
    const switched = { ...filled, 'write-code': 'in progress', 'read-queries': 'in progress' };
    expect(statusesOf(await m.updated())).toEqual(switched);

    expect((await m.apply('contract')).outcome).toBe('waiting');
    const waiting = await m.updated();
    expect(statusesOf(waiting)).toEqual({ ...switched, 'write-code': 'done', 'read-queries': 'done' });
    const progress = sectionText(documentOf(waiting, 'plan'), 'progress');
    expect(progress).toContain('`contract` is blocked by values that do not fit: 20 values do not fit the new shape.');
    expect(progress).toContain(
      '`contract` is blocked by a person who has to approve it: it needs a person’s approval.',
    );
    expect(sectionText(documentOf(waiting, 'misfits'), 'progress')).toContain('`contract` is blocked by values');
    expect(sectionText(documentOf(waiting, 'rollback-plan'), 'progress')).not.toContain('blocked by');

    await m.to('contract');
    const done = await m.updated();
    expect(new Set(Object.values(statusesOf(done)))).toEqual(new Set(['done', 'to do']));
    expect(statusesOf(done)['purge']).toBe('to do');
    const plan = documentOf(done, 'plan');
    expect(sectionText(plan, 'progress')).toContain('**100 %**: done.');
    expect(boxes(sectionText(plan, 'success')).filter((box) => !box.done)).toEqual([]);
    expect(sectionText(plan, 'requirements')).toContain('1000 compared, no difference');

    await m.purge();
    expect(statusesOf(await m.updated())['purge']).toBe('done');
  }));

it('taken back, nothing is ticked that is not so any more', () =>
  withFlagship(async (db, migration) => {
    const m = await publishing(db.connect, migration);
    await m.publish();
    await m.to('contract');
    await m.back('backfill');
    const half = await m.updated();
    expect(statusesOf(half)).toMatchObject({
      'migration-sql': 'done',
      backfill: 'done',
      'write-code': 'to do',
      contract: 'to do',
    });
    await m.back();
    const back = await m.updated();
    expect(new Set(Object.values(statusesOf(back)))).toEqual(new Set(['to do']));
    const proved = back.documents.flatMap((d) => boxes(pageText(d)).filter((box) => box.done));
    expect(new Set(proved.map(({ said }) => said?.replace(/\(plan .*\)/u, '')))).toEqual(
      new Set([
        'Every step has its undo beside it, or nothing to take back',
        'The SQL is generated and fits the database ',
      ]),
    );
    const progress = sectionText(documentOf(back, 'plan'), 'progress');
    expect(progress).toContain('**0 %**: everything was taken back.');
    expect(progress).not.toContain('no difference |');
  }));

it('an executor that is gone, and a session in the way, are named', () =>
  withFlagship(async (db, migration) => {
    const m = await publishing(db.connect, migration);
    await m.publish();
    await m.to('expand');
    await db.run(`
      UPDATE lockkeeper.run SET state = 'running', executor = '{"host": "gone-host", "process": 1, "backend": 1, "since": "2026-11-21T00:00:00Z"}';
      INSERT INTO lockkeeper.event (run, event) SELECT id, '{"type": "step.waiting", "step": "backfill/03-foreign-keys", "attempt": 1, "because": "a lock", "nextTryMs": 5,
        "blockers": [{"pid": 4711, "user": "reporting", "application": "cron", "state": "idle in transaction", "transactionMs": 300000}]}' FROM lockkeeper.run`);
    const progress = sectionText(documentOf(await m.updated(), 'plan'), 'progress');
    expect(progress).toContain('The executor on gone-host is gone');
    expect(progress).toContain(
      '`backfill/03-foreign-keys` is blocked by the session 4711 of `reporting` (cron) idle in transaction for 5 min',
    );
  }));

it('no value of a row is published, wherever it may turn up', () =>
  withDatabase(example('extract-json').before, async (db) => {
    await db.run(`CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
      UPDATE users SET preferences = '{"items_per_page": "canary-misfit", "theme": "canary-theme"}' WHERE id = 5;
      UPDATE users SET preferences = '{"theme": "canary-literal"}' WHERE id = 6; ANALYZE`);
    const m = await publishing(db.connect, 'examples/extract-json/migration.yaml');
    await m.publish();
    await m.to('dual-write');
    await m.apply('contract');
    const { documents } = await m.updated();
    expect(documents.map(pageText).join('\n')).not.toContain('canary');
    expect(sectionText(documents[0], 'queries')).toContain('UPDATE users SET preferences = $1');
    expect(
      await db.rows(`SELECT FROM lockkeeper.publication WHERE to_jsonb(publication)::text LIKE '%canary%'`),
    ).toEqual([]);
  }));

describe('in a folder of files', () => {
  const filesOf = async (root: string) => {
    const names = await readdir(join(root, 'docs'), { recursive: true });
    const texts: Record<string, string> = {};
    for (const name of names.filter((n) => n.endsWith('.md')).sort())
      texts[name] = await readFile(join(root, 'docs', name), 'utf8');
    return texts;
  };

  it('the flagship ends at 100 %, all that is provable is ticked, all links resolve, and a person’s words stay', () =>
    withFlagship(async (db, migration) => {
      const m = await publishing(db.connect, migration, { publish: 'files' });
      const preview = await m.publish(true);
      expect(preview?.changes.map(({ how }) => how)).toEqual(
        Array<string>(10)
          .fill('create')
          .map((how, i) => (i === 9 ? 'update' : how)),
      );
      expect(Object.keys(await filesOf(m.root))).toEqual(['specs/spec.md']);
      expect(await db.rows(`SELECT FROM pg_namespace WHERE nspname = 'lockkeeper'`)).toEqual([]);
      await m.publish();
      const file = join(m.root, 'docs', 'tasks', `${flagshipName}-backfill.md`);
      await writeFile(file, `${await readFile(file, 'utf8')}\nSam: we run this on Tuesday.\n`);
      await m.to('contract');
      await m.update();
      const texts = await filesOf(m.root);
      expect(texts[`tasks/${flagshipName}-backfill.md`]).toContain('Sam: we run this on Tuesday.');
      expect(texts[`plans/${flagshipName}.md`]).toContain('**100 %**: done.');
      const open = Object.values(texts).flatMap((text) => boxes(text).filter(({ done }) => !done));
      expect(open).toEqual([{ done: false, said: 'The archive is dropped' }]);
      for (const [name, text] of Object.entries(texts))
        for (const [, to = ''] of text.matchAll(/\]\(([^)]+)\)/gu))
          await expect(access(resolve(m.root, 'docs', dirname(name), to)), `${name} → ${to}`).resolves.toBeUndefined();
      const again = await m.update();
      expect(new Set(again?.changes.map(({ how }) => how))).toEqual(new Set(['unchanged']));
      expect(await filesOf(m.root)).toEqual(texts);
    }));
});

it('in Notion: the flagship ends at 100 %, ticked and linked, and is the same the second time', () =>
  withFlagship(async (db, migration) => {
    const notion = await startNotion({ seed: 'flagship' });
    try {
      const status = { status: { groups: { 'To-do': ['Backlog'], 'In progress': ['Doing'], Complete: ['Shipped'] } } };
      notion.seed.database({
        title: 'Engineering Tasks',
        properties: { Name: { title: {} }, Status: status, Priority: { select: { options: [{ name: 'High' }] } } },
      });
      const spec = notion.seed.page({
        title: 'User preferences schema',
        markdown: (await readFile('test/specifications/01-labels.md', 'utf8')).replace(/^# .*\n/u, ''),
      });
      const workspace = notionWorkspace({
        ...{ token: notion.token, baseUrl: notion.url, clock: systemClock },
        ...configOf.spec.notion,
      });
      const m = migrate(db.connect, migration);
      const deps = { ...m.deps, pages: { open: () => workspace, follow: false } };
      const input = { migration, page: spec, workspace: 'notion', root: '.', labels: {}, tasks: 'Engineering Tasks' };
      const first = await publishSpec(deps, { ...input, dryRun: false });
      expect(first.publications[0]?.changes.filter(({ how }) => how === 'create').length).toBe(9);
      await m.to('contract');
      await updateSpec(deps, { dryRun: false });
      const outline = notion.outline();
      expect(outline).toContain('100 %');
      expect(outline).not.toMatch(/"(?:url|link)":"?[^"]*lockkeeper:/u);
      const open = outline.split('\n').filter((line) => line.includes('to_do') && line.includes('"checked":false'));
      expect(open).toEqual([expect.stringContaining('The archive is dropped')]);
      const [again] = (await updateSpec(deps, { dryRun: false })).publications;
      expect(new Set(again?.changes.map(({ how }) => how))).toEqual(new Set(['unchanged']));
      expect(notion.outline()).toBe(outline);
      expect(notion.mistakes).toEqual([]);
    } finally {
      await notion.close();
    }
  }));
