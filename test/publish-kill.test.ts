import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { byChance } from './support/chance.ts';
import { runCli, spawnCli } from './support/cli.ts';
import { withDatabase } from './support/database.ts';
import { example } from './support/example.ts';
import { columns, notionOf } from './support/notion-workspace.ts';

// The command itself, ended by SIGKILL while it writes into Notion: typed again, it ends as if nothing had been.

/** Publishes once; the process dies with the n-th request, whose work is done or not. Returns what the workspace says in the end. */
async function published(kill: { readonly at: number; readonly committed: boolean } | null) {
  const { notion, home } = await notionOf(columns);
  const specification = notion.seed.page({
    title: 'Orders by day',
    parent: home,
    markdown: '- **Target**: an index `orders_by_day`\n',
  });
  const cwd = await mkdtemp(join(tmpdir(), 'lockkeeper-kill-'));
  await mkdir(join(cwd, 'migrations'));
  const migration = await readFile(example('create-index').migration, 'utf8');
  await writeFile(join(cwd, 'migrations/orders-by-day.yaml'), migration);
  return await withDatabase(example('create-index').before, async ({ url }) => {
    const env = { DATABASE_URL: url, NOTION_TOKEN: notion.token, NOTION_BASE_URL: notion.url };
    const args = ['spec', 'publish', 'orders-by-day', '--spec', specification, '--workspace', 'notion'];
    if (kill) {
      const child = spawnCli(args, { cwd, env });
      const closed = once(child, 'close');
      let left = kill.at;
      notion.inject({ how: 'cut', committed: kill.committed, only: () => left-- === 0 && child.kill('SIGKILL') });
      expect(await closed).toEqual([null, 'SIGKILL']);
      notion.calm();
    }
    const again = async () => (await runCli(args, { cwd, env })).code;
    await expect.poll(again, { timeout: 30_000 }).toBe(0); // the server may take a moment to notice that the first has gone
    return { outline: notion.outline(), requests: notion.requests.length };
  });
}

it('a command that was killed at any request ends the same when it is typed again', async () => {
  const { outline, requests } = await published(null);
  expect(outline).toContain('Implementation Plan: Orders by day');
  const parts = 6;
  for (let part = 0; part < parts; part++) {
    const at = Math.floor((part * requests + byChance(`killed in part ${part}`, requests)) / parts);
    expect((await published({ at, committed: part % 2 === 0 })).outline, `killed at request ${at}`).toBe(outline);
  }
});
