import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

// `lockkeeper demo`; with --notion from a specification page in a local Notion to ticked tasks, to be looked at until Ctrl-C.

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const page = fileURLToPath(new URL('../test/specifications/01-labels.md', import.meta.url));
const args = process.argv.slice(2);

const demo = async (more: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> => {
  const child = spawn(process.execPath, [main, 'demo', ...more], { stdio: 'inherit', env: { ...process.env, ...env } });
  process.on('SIGINT', () => undefined); // which a terminal sends to both
  process.on('SIGTERM', () => void child.kill('SIGTERM'));
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
};

if (!args.includes('--notion')) process.exitCode = await demo(args);
else {
  const { startNotion } = await import('../test/notion/server.ts');
  const notion = await startNotion();
  const { seed } = notion;
  const home = seed.page({ title: 'Engineering' });
  const markdown = (await readFile(page, 'utf8')).replace(/^# .*\n+/u, '');
  const spec = seed.page({ title: 'User preferences schema', parent: home, markdown });
  seed.database({
    title: 'Engineering Tasks',
    parent: home,
    properties: {
      Task: { title: {} },
      Status: { status: { groups: { 'To-do': ['Not started'], 'In progress': ['In progress'], Complete: ['Done'] } } },
      Priority: { select: { options: [{ name: 'High' }, { name: 'Medium' }, { name: 'Low' }] } },
      Sprint: { select: { options: [{ name: 'Sprint 1' }] } },
      Effort: { number: { format: 'number' } },
      Start: { date: {} },
      Due: { date: {} },
      'Blocked by': { relation: { dual_property: { synced_property_name: 'Blocking' } } },
    },
  });
  const view = `${notion.url}/view`;
  console.error(`The workspace: ${view}`);
  const rest = args.filter((arg) => arg !== '--notion');
  const given = ['--workspace', 'notion', '--spec', spec, '--tasks', 'Engineering Tasks', ...rest];
  process.exitCode = await demo(given, { NOTION_TOKEN: notion.token, NOTION_BASE_URL: notion.url });
  console.error(`The workspace stays at ${view} until Ctrl-C.`);
  const stopped = ['SIGINT', 'SIGTERM'].map((signal) => once(process, signal));
  await Promise.race(stopped);
  await notion.close();
}
