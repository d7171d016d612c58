import { writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { plan, publication, recordsInMemory, section, task } from '../../test/support/publication.ts';
import type { Publication } from '../publication/document.ts';
import { filesWorkspace } from './files.ts';

const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true }))));

const SPEC = '# Preferences\n\n- **Target**: a table `prefs`\n';

async function workspaceOf(files: Readonly<Record<string, string | Uint8Array>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'lockkeeper-files-'));
  folders.push(folder);
  const put = async (name: string, text: string | Uint8Array) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  for (const [name, text] of Object.entries({ 'specs/prefs.md': SPEC, ...files })) await put(name, text);
  const workspace = filesWorkspace('files:docs', folder);
  const publish = (change: Partial<Publication> = {}, dryRun = false, signal = new AbortController().signal) =>
    workspace.publish(publication(change), { records: recordsInMemory(), dryRun, signal });
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const edit = async (name: string, change: (text: string) => string) => put(name, change(await read(name)));
  return { folder, workspace, publish, put, read, edit };
}

/** Every file with what it says and when it was written. */
async function snapshot(folder: string, times = true): Promise<Record<string, unknown>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const all = names.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    return [
      path.slice(folder.length + 1),
      [await readFile(path, 'utf8'), times && (await stat(path)).mtimeMs],
    ] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}

it('writes a plan and its tasks as Markdown, and links them with the specification', async () => {
  const { publish, read } = await workspaceOf();
  const { changes, problems } = await publish();
  expect(problems).toEqual([]);
  expect(changes.map(({ key, how, where }) => [key, how, where])).toEqual([
    ['prefs/plan', 'create', 'plans/prefs.md'],
    ['prefs/migration', 'create', 'tasks/prefs-migration.md'],
    ['prefs/backfill', 'create', 'tasks/prefs-backfill.md'],
    ['specification', 'update', 'specs/prefs.md'],
  ]);
  expect(await read('tasks/prefs-backfill.md')).toMatchInlineSnapshot(`
    "---
    title: Do the backfill
    lockkeeper: prefs/backfill
    status: to do
    priority: must
    effort: 2
    blocked by:
      - prefs-migration.md
    specification: ../specs/prefs.md
    plan: ../plans/prefs.md
    ---

    <!-- lockkeeper:title -->

    # Do the backfill

    <!-- /lockkeeper:title -->

    <!-- lockkeeper:context -->

    ## Context

    Part of [the plan](../plans/prefs.md), see [why](../specs/prefs.md).

    <!-- /lockkeeper:context -->

    <!-- lockkeeper:criteria -->

    ## Acceptance criteria

    - [ ] parity is exact
    - [x] rows were copied

    <!-- /lockkeeper:criteria -->
    "
  `);
  expect(await read('plans/prefs.md')).toMatchInlineSnapshot(`
    "---
    title: "Implementation Plan: Preferences"
    lockkeeper: prefs/plan
    specification: ../specs/prefs.md
    ---

    <!-- lockkeeper:title -->

    # Implementation Plan: Preferences

    <!-- /lockkeeper:title -->

    <!-- lockkeeper:overview -->

    ## Overview

    From [the specification](../specs/prefs.md).

    | phase | risk |
    | - | - |
    | expand | low |

    <!-- /lockkeeper:overview -->

    <!-- lockkeeper:tasks -->

    ## Tasks

    - [Migration](../tasks/prefs-migration.md)
    - [Backfill](../tasks/prefs-backfill.md)

    <!-- /lockkeeper:tasks -->

    <!-- lockkeeper:progress -->

    ## Progress

    0 % done

    <details>

    <summary>

    More

    </summary>

    - one

    </details>

    <!-- /lockkeeper:progress -->
    "
  `);
  expect(await read('specs/prefs.md')).toMatchInlineSnapshot(`
    "# Preferences

    - **Target**: a table \`prefs\`

    <!-- lockkeeper:prefs/plan -->

    [Implementation Plan: Preferences](../plans/prefs.md)

    <!-- /lockkeeper:prefs/plan -->
    "
  `);
});

it('leads every link to a file that is there', async () => {
  const { publish, read, folder } = await workspaceOf({ 'specs/a b/(prefs) ü.md': SPEC });
  await publish({ specification: 'specs/a b/(prefs) ü.md' });
  for (const name of ['plans/prefs.md', 'tasks/prefs-backfill.md', 'specs/a b/(prefs) ü.md'])
    for (const [, url = ''] of (await read(name)).matchAll(/\]\(<?([^)>]+)>?\)/gu))
      await expect(stat(join(folder, dirname(name), decodeURIComponent(url))), url).resolves.toBeTruthy();
  expect.assertions(6);
});

it('does nothing the second time', async () => {
  const { publish, folder } = await workspaceOf();
  await publish();
  const before = await snapshot(folder);
  const { changes } = await publish();
  expect(changes.map(({ how, details }) => [how, details])).toEqual(Array(4).fill(['unchanged', []]));
  expect(await snapshot(folder)).toEqual(before);
});

it('says in a dry run what the run then does, and changes nothing', async () => {
  const { publish, folder } = await workspaceOf();
  const next = { documents: [plan('50 %'), task('migration', { status: 'done' }), task('index')] };
  for (const change of [{}, next, next]) {
    const before = await snapshot(folder);
    const said = await publish(change, true);
    expect(await snapshot(folder)).toEqual(before);
    expect(await publish(change)).toEqual(said);
  }
});

it('changes only what is to say something else', async () => {
  const { publish, read } = await workspaceOf();
  await publish();
  const before = await read('plans/prefs.md');
  const { changes } = await publish({
    documents: [plan('50 %'), task('migration', { status: 'done' }), task('backfill', { blockedBy: [] })],
  });
  expect(changes.map(({ details }) => details)).toEqual([
    ['section progress'],
    ['status: to do → done'],
    ['blocked by: ["prefs-migration.md"] → none'],
    [],
  ]);
  expect(await read('plans/prefs.md')).toBe(before.replace('0 % done', '50 % done'));
  expect(await read('tasks/prefs-backfill.md')).not.toContain('blocked by');
});

it('takes out a section that is not published any more, and puts a new one in its place', async () => {
  const { publish, read, edit } = await workspaceOf();
  await publish();
  await edit('plans/prefs.md', (text) =>
    text.replace('<!-- lockkeeper:tasks -->', 'Mine.\n\n<!-- lockkeeper:tasks -->'),
  );
  const [overview, , progress] = plan().sections;
  if (!overview || !progress) throw new Error('no sections');
  const { changes } = await publish({
    documents: [{ ...plan(), sections: [overview, section('risks', '## Risks\n\nNone.'), progress] }],
  });
  expect(changes[0]?.details).toEqual(['section risks', 'section tasks: removed']);
  expect([...(await read('plans/prefs.md')).matchAll(/^## .*|Mine\./gmu)].map(([line]) => line)).toEqual([
    '## Overview',
    '## Risks',
    'Mine.',
    '## Progress',
  ]);
});

describe('what a person did', () => {
  it('keeps text around the sections, and fields that are not ours, byte for byte', async () => {
    const { publish, read, edit } = await workspaceOf();
    await publish();
    const mine = (text: string) =>
      `${text
        .replace('title:', 'team:   "a"   # ours\ntitle:')
        .replace('<!-- lockkeeper:title -->', '   Above\\\n<b>this</b>\n<!-- lockkeeper:title -->')
        .replace('<!-- lockkeeper:progress -->', '* odd\n1) list\n\n<!-- lockkeeper:progress -->')}\n\tBelow  `;
    await edit('plans/prefs.md', mine);
    const before = await read('plans/prefs.md');
    await publish({ documents: [plan('99 %'), task('migration')] });
    expect(await read('plans/prefs.md')).toBe(before.replace('0 % done', '99 % done'));
  });

  it('keeps what people plan with, and fills in what is missing', async () => {
    const { publish, read, edit } = await workspaceOf();
    await publish();
    const name = 'tasks/prefs-migration.md';
    await edit(name, (text) =>
      text.replace('effort: 2', 'effort: 5').replace('priority: must\n', '').replace('status: to do', 'status: done'),
    );
    expect((await publish()).changes[1]?.details).toEqual(['status: done → to do', 'priority: must']);
    expect(await read(name)).toContain('effort: 5\n');
  });

  it('knows a file again that was renamed or moved, and links to it there', async () => {
    const { publish, read, folder } = await workspaceOf();
    await publish();
    await mkdir(join(folder, 'team/done'), { recursive: true });
    await rename(join(folder, 'tasks/prefs-migration.md'), join(folder, 'team/done/01 SQL.md'));
    const { changes } = await publish();
    expect(changes.map(({ how, where }) => [how, where])).toEqual([
      ['update', 'plans/prefs.md'],
      ['update', 'team/done/01 SQL.md'],
      ['update', 'tasks/prefs-backfill.md'],
      ['unchanged', 'specs/prefs.md'],
    ]);
    expect(await read('plans/prefs.md')).toContain('(../team/done/01%20SQL.md)');
    expect(await read('team/done/01 SQL.md')).toContain('(../../plans/prefs.md)');
    expect((await publish()).changes.every(({ how }) => how === 'unchanged')).toBe(true);
  });

  it('unticks what only a person ticked: managed sections are ours', async () => {
    const { publish, read, edit } = await workspaceOf();
    await publish();
    await edit('tasks/prefs-backfill.md', (text) => text.replace('[ ] parity', '[x] parity'));
    expect((await publish()).changes[2]?.details).toEqual(['section criteria']);
    expect(await read('tasks/prefs-backfill.md')).toContain('[ ] parity');
  });

  it('leaves a section alone that a formatter wrote in another way', async () => {
    const { publish, edit } = await workspaceOf();
    await publish();
    await edit('plans/prefs.md', (text) =>
      text.replace('| phase | risk |\n| - | - |', '| phase  | risk |\n| ------ | ---- |').replaceAll('\n- [', '\n* ['),
    );
    expect((await publish()).changes[0]?.how).toBe('unchanged');
  });

  it('keeps the line ends of the file, and the mark at its beginning', async () => {
    const { publish, read, edit } = await workspaceOf({ 'specs/prefs.md': `\uFEFF${SPEC.replaceAll('\n', '\r\n')}` });
    await publish();
    await edit('plans/prefs.md', (text) => `\uFEFF${text.replaceAll('\n', '\r\n')}`);
    expect((await publish()).changes.map(({ how }) => how)).toEqual(Array(4).fill('unchanged'));
    await publish({ documents: [plan('7 %')] });
    for (const name of ['plans/prefs.md', 'specs/prefs.md']) {
      expect(await read(name)).toMatch(/^\uFEFF/u);
      expect((await read(name)).replaceAll('\r\n', '')).not.toContain('\n');
    }
  });

  it('does not take the name of a file of somebody else, in whatever case', async () => {
    const { publish, read } = await workspaceOf({ 'plans/PREFS.md': '# Mine\n' });
    const { changes } = await publish();
    expect(changes[0]).toMatchObject({ how: 'create', where: 'plans/prefs-2.md' });
    expect(await read('plans/PREFS.md')).toBe('# Mine\n');
    expect((await publish()).changes[0]).toMatchObject({ how: 'unchanged', where: 'plans/prefs-2.md' });
  });

  it('writes through a symbolic link', async () => {
    const { publish, folder, read } = await workspaceOf();
    await publish();
    await rename(join(folder, 'plans/prefs.md'), join(folder, 'real.txt'));
    await symlink('../real.txt', join(folder, 'plans/prefs.md'));
    await publish({ documents: [plan('8 %')] });
    expect(await read('real.txt')).toContain('8 % done');
  });
});

describe('what cannot be written is left alone and said', () => {
  const cases: readonly (readonly [string, (text: string) => string, string])[] = [
    [
      'a begin without an end',
      (t) => t.replace('<!-- /lockkeeper:progress -->', ''),
      'line 34: <!-- lockkeeper:progress --> has no end',
    ],
    [
      'an end without a begin',
      (t) => t.replace('<!-- lockkeeper:progress -->', ''),
      '<!-- /lockkeeper:progress --> has no beginning',
    ],
    [
      'a section twice',
      (t) => `${t}\n<!-- lockkeeper:title -->\n\n<!-- /lockkeeper:title -->\n`,
      'line 54: <!-- lockkeeper:title --> is there twice',
    ],
    ['front matter that is no YAML', (t) => t.replace('title:', 'a: [\ntitle:'), 'its front matter cannot be read'],
    ['front matter without an end', (t) => t.replace(/\n---\n/u, '\n'), 'its front matter cannot be read'],
    [
      'an open fence',
      (t) => t.replace('<!-- lockkeeper:overview -->', '```\n<!-- lockkeeper:overview -->'),
      '<!-- lockkeeper:overview --> is inside of code',
    ],
  ];
  it.each(cases)('%s', async (_, damage, said) => {
    const { publish, edit, folder } = await workspaceOf();
    await publish();
    await edit('plans/prefs.md', damage);
    const before = await snapshot(folder);
    const { changes, problems } = await publish({ documents: [plan('50 %'), task('migration')] });
    expect(problems).toEqual([expect.stringContaining(said)]);
    expect(problems[0]).toContain('plans/prefs.md was left as it is');
    expect(changes[0]).toMatchObject({ how: 'unchanged', details: [] });
    expect(await snapshot(folder)).toEqual(before);
  });

  it('a file that is not UTF-8', async () => {
    const { publish, read, put } = await workspaceOf();
    await publish();
    const latin = Buffer.concat([Buffer.from(await read('plans/prefs.md')), Buffer.from([0xe4, 0x0a])]);
    await put('plans/prefs.md', latin);
    const { problems } = await publish({ documents: [plan('50 %')] });
    expect(problems).toEqual([expect.stringContaining('it is not UTF-8')]);
  });

  it('a copy with the same key: the one with the usual name is written', async () => {
    const { publish, read, put } = await workspaceOf();
    await publish();
    await put('plans/copy.md', await read('plans/prefs.md'));
    const { changes, problems } = await publish({ documents: [plan('50 %')] });
    expect(problems).toEqual([
      'plans/copy.md and plans/prefs.md both say `lockkeeper: prefs/plan`; only plans/prefs.md is written. Take that line out of the copy.',
    ]);
    expect(changes[0]).toMatchObject({ how: 'update', where: 'plans/prefs.md' });
    expect(await read('plans/copy.md')).not.toContain('50 %');
  });

  it('two copies under other names: none is written', async () => {
    const { publish, read, put, folder } = await workspaceOf();
    await publish();
    await put('plans/copy.md', await read('plans/prefs.md'));
    await rename(join(folder, 'plans/prefs.md'), join(folder, 'plans/other.md'));
    const { changes, problems } = await publish({ documents: [plan('50 %')] });
    expect(problems).toEqual([expect.stringContaining('so neither is written')]);
    expect(changes).toEqual([]);
  });

  it('a specification that may not be written, or is gone', async () => {
    const { publish, folder, read } = await workspaceOf();
    await chmod(join(folder, 'specs/prefs.md'), 0o444);
    const { changes, problems } = await publish();
    expect(problems).toEqual(['specs/prefs.md was left as it is: it may not be written.']);
    expect(changes.at(-1)).toMatchObject({ key: 'specification', how: 'unchanged' });
    expect(await read('specs/prefs.md')).toBe(SPEC);
    await rm(join(folder, 'specs/prefs.md'));
    expect((await publish()).problems).toEqual([
      'The specification specs/prefs.md is not there, so nothing links to it.',
    ]);
    expect(await read('plans/prefs.md')).toContain('From the specification.');
  });
});

it('reads a specification as it was, though it has our link', async () => {
  const { workspace, publish } = await workspaceOf();
  const texts = async () =>
    JSON.stringify((await workspace.read('specs/prefs.md')).tree.children, (name, value: unknown) =>
      name === 'position' ? undefined : value,
    );
  const before = await texts();
  await publish();
  expect(await texts()).toBe(before);
  expect(await workspace.find('implementation plan')).toEqual([]);
});

it('does not find plans and tasks where specifications have no folder of their own', async () => {
  const { workspace, publish } = await workspaceOf({ 'prefs.md': SPEC });
  await publish({ specification: 'prefs.md' });
  await rm(join(folders[0] ?? '', 'specs'), { recursive: true });
  expect((await workspace.find('preferences')).map(({ ref }) => ref)).toEqual(['prefs.md']);
});

it('writes nothing where there is no folder, and says which one was meant', async () => {
  const workspace = filesWorkspace('files:docs', '/nowhere/docs');
  const options = { records: recordsInMemory(), dryRun: false, signal: new AbortController().signal };
  await expect(workspace.publish(publication(), options)).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
    message: 'There is no folder /nowhere/docs.',
    fix: 'Create it, or name another: --workspace files:DIR, or spec.workspace in lockkeeper.yaml.',
  });
  await expect(workspace.read('x.md')).rejects.toMatchObject({
    message: 'There is no file x.md and no folder /nowhere/docs.',
  });
});

it('does not write over what somebody saves at that moment', async () => {
  const { publish, folder, read } = await workspaceOf();
  await publish();
  const path = join(folder, 'plans/prefs.md');
  const saved = `${await read('plans/prefs.md')}\nSaved just now.\n`;
  const signal = { throwIfAborted: () => writeFileSync(path, saved) } as unknown as AbortSignal;
  const { changes, problems } = await publish({ documents: [plan('50 %')] }, false, signal);
  expect(problems).toEqual([expect.stringContaining('somebody changed it at this moment')]);
  expect(changes[0]?.how).toBe('unchanged');
  expect(await read('plans/prefs.md')).toBe(saved);
});

it('goes on where it was stopped, after any file, and ends the same', async () => {
  const faultless = await workspaceOf();
  await faultless.publish();
  for (let after = 0; after < 4; after++) {
    const { publish, folder } = await workspaceOf();
    let asked = 0;
    const signal = {
      throwIfAborted: () => {
        if (asked++ === after) throw new Error('stopped');
      },
    } as AbortSignal;
    await expect(publish({}, false, signal)).rejects.toThrow('stopped');
    await publish();
    expect(await snapshot(folder, false)).toEqual(await snapshot(faultless.folder, false));
  }
});

it('removes what a killed process left of a file, and not what a running one is writing', async () => {
  const { publish, folder } = await workspaceOf({
    'plans/prefs.md.999999999.new': 'half',
    [`plans/prefs.md.${process.ppid}.new`]: 'half',
  });
  await publish();
  expect((await readdir(join(folder, 'plans'))).sort()).toEqual(['prefs.md', `prefs.md.${process.ppid}.new`]);
});
