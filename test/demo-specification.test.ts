import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runCli } from './support/cli.ts';

// The demonstration from a specification page to ticked tasks, in both workspaces. What it measures is judged elsewhere.

const page = 'test/specifications/01-labels.md';
const demo = fileURLToPath(new URL('../scripts/demo.ts', import.meta.url));
const isPurge = (title: string) => title.startsWith('Drop the archive');

it('drafts, publishes and follows a migration in a folder of Markdown', { timeout: 600_000 }, async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-demo-'));
  await cp(page, join(cwd, 'docs/specs/user-preferences.md'));
  const { stdout, stderr } = await runCli(['demo', '--rows', '1000', '--spec', 'docs/specs/user-preferences.md'], {
    cwd,
  });
  expect(stdout, stderr).toMatch(/, 0 errors, 0 differences/u);
  const texts = await Promise.all(
    ['plans', 'tasks'].map(async (folder) =>
      Promise.all(
        (await readdir(join(cwd, 'docs', folder))).map((f) => readFile(join(cwd, 'docs', folder, f), 'utf8')),
      ),
    ),
  );
  expect(texts.map((folder) => folder.length)).toEqual([1, 8]);
  const [[plan = ''] = [], tasks = []] = texts;
  expect(plan).toContain('**100 %**: done');
  for (const text of [plan, ...tasks]) {
    const open = /^- \[ \] .*$/gmu.exec(text)?.[0];
    if (!isPurge(/^title: "?(.*)$/mu.exec(text)?.[1] ?? '')) expect(open).toBeUndefined();
    for (const [, link = ''] of text.matchAll(/\]\((\.\.\/[^)#]+)\)/gu))
      expect(await readFile(join(cwd, 'docs/plans', decodeURI(link)), 'utf8')).not.toBe('');
  }
});

it('refuses a page that asks for something else', { timeout: 600_000 }, async () => {
  const { code, stderr } = await runCli(['demo', '--rows', '1000', '--spec', 'test/specifications/05-rfc.md']);
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('asks for something else') as unknown,
  });
});

it('refuses a place to publish without a page, before anything is started', async () => {
  for (const flag of ['--tasks', '--workspace'])
    expect(await runCli(['demo', flag, 'x'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Give --spec, or neither.') as unknown,
    });
});

it('does so in Notion, and shows the workspace', { timeout: 600_000 }, async () => {
  const script = spawn('npx', ['jiti', demo, '--notion', '--rows', '1000'], { detached: true });
  let said = '';
  for (const stream of [script.stdout, script.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const closed = once(script, 'close');
  try {
    await expect.poll(() => said, { timeout: 500_000 }).toMatch(/The workspace stays at/u);
    const [view = ''] = /http:\/\/\S+\/view/u.exec(said) ?? [];
    const pages = await everyPage(view);
    const plans = pages.filter(({ title }) => title.startsWith('Implementation Plan: User preferences schema'));
    expect(plans).not.toEqual([]);
    for (const { text } of plans) expect(text).toMatch(/<b>100 %<\/b>/u);
    expect(new Set(pages.filter(({ boxes }) => boxes).map(({ title }) => title)).size).toBe(9);
    for (const { title, boxes, ticked } of pages)
      if (!isPurge(title)) expect({ title, ticked }).toEqual({ title, ticked: boxes });
  } finally {
    if (script.pid) process.kill(-script.pid, 'SIGINT');
    await closed;
  }
});

/** All pages that links lead to; a link that leads nowhere fails. */
async function everyPage(start: string) {
  const found = new Map<string, { title: string; text: string; boxes: number; ticked: number }>();
  const todo = [start];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (found.has(at)) continue;
    const answer = await fetch(at);
    expect(answer.status, at).toBe(200);
    const text = await answer.text();
    const count = (what: RegExp) => [...text.matchAll(what)].length;
    found.set(at, {
      title: /<title>(.*?)<\/title>/u.exec(text)?.[1] ?? '',
      text,
      boxes: count(/<input type="checkbox"/gu),
      ticked: count(/<input type="checkbox"[^>]*\bchecked/gu),
    });
    for (const [, link = ''] of text.matchAll(/href="(\/view[^"#]*)/gu)) todo.push(new URL(link, start).href);
  }
  return [...found.values()];
}
