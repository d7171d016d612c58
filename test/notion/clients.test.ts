import { APIResponseError, type Client } from '@notionhq/client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notionOf } from '../support/notion-workspace.ts';
import { section, task } from '../support/publication.ts';
import { allRoutes } from './answer.ts';
import { type ContractCheck, contractCheck } from './contract/check.ts';
import { fileURLToPath } from 'node:url';
import { byClient } from './random/by-client.ts';
import { toolOf } from './random/by-mcp.ts';
import { flawsOf } from './random/laws.ts';
import { type McpServer, startMcpServer } from './random/mcp-client.ts';
import { resolved } from './random/resolve.ts';
import { seedWorkspace } from './random/seeded.ts';
import { type Step, steps } from './random/steps.ts';
import { type Notion, startNotion } from './server.ts';
import type { State } from './state.ts';
import { clientOf } from './support.ts';

let notion: Notion;
let contract: ContractCheck;
let start: State;

beforeAll(async () => {
  contract = contractCheck();
  notion = await startNotion({ seed: 'clients' });
  seedWorkspace(notion);
  start = notion.snapshot();
}, 120_000);
afterAll(() => notion.close());

/** Fewer where the machine is slow. A failure says its seed. */
const runs = { numRuns: Number(process.env['RUNS'] ?? 40), interruptAfterTimeLimit: 40_000 };

/** Everything that was asked and answered since is as the official types say, and the workspace is whole. */
function expectFaithful(since: number): void {
  expect(notion.requests.slice(since).flatMap(contract.problemsOf)).toEqual([]);
  expect(notion.mistakes).toEqual([]);
  expect(flawsOf(notion.snapshot())).toEqual([]);
}

it('has exactly the routes of the contract', () => {
  expect([...contract.routes].sort()).toEqual([...allRoutes].sort());
});

it('our own requests are as the types say, and so is what comes back', async () => {
  const { publish, notion: ours } = await notionOf();
  await publish();
  await publish({ documents: [task('more', { sections: [section('context', '- [ ] one')] })] });
  expect(ours.requests.length).toBeGreaterThan(20);
  expect(ours.requests.flatMap(contract.problemsOf)).toEqual([]);
}, 60_000);

describe('@notionhq/client', () => {
  it('understands all answers to random requests', async () => {
    const counts = { ok: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        notion.restore(start);
        const since = notion.requests.length;
        for (const { route, args, version } of list) {
          const call = byClient[route] as (client: Client, args: unknown) => Promise<unknown>;
          await call(clientOf(notion, version), resolved(notion.snapshot(), args)).then(
            () => (counts.ok += 1),
            (error: unknown) => {
              if (!(error instanceof APIResponseError)) throw error;
              counts.refused += 1;
            },
          );
        }
        expectFaithful(since);
      }),
      runs,
    );
    expect(counts.ok).toBeGreaterThan(counts.refused);
  }, 60_000);
});

describe('@notionhq/notion-mcp-server', () => {
  const script = fileURLToPath(new URL('../../node_modules/@notionhq/notion-mcp-server/bin/cli.mjs', import.meta.url));
  let server: McpServer;

  beforeAll(async () => {
    server = await startMcpServer(script, { BASE_URL: notion.url, NOTION_TOKEN: notion.token });
  }, 60_000);
  afterAll(() => server.close());

  it('has a tool for all that we know it to have', () => {
    expect([...server.tools].sort()).toEqual(Object.values(toolOf).sort());
  });

  it('understands all answers to random requests', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        notion.restore(start);
        const since = notion.requests.length;
        for (const { route, args } of list) {
          const tool = toolOf[route];
          if (tool === undefined) continue;
          const said: unknown = JSON.parse(await server.call(tool, resolved(notion.snapshot(), args) as Step['args']));
          const answer = notion.requests.at(-1)?.response as Step['args'];
          // it says an error without its message
          expect(said).toMatchObject(
            answer['object'] === 'error' ? { code: answer['code'] } : { request_id: answer['request_id'] },
          );
        }
        expectFaithful(since);
      }),
      runs,
    );
  }, 60_000);

  it('names no version when it writes a comment, which is refused', async () => {
    const page = notion.seed.page({ title: 'Commented' });
    const said = await server.call('API-create-a-comment', {
      parent: { page_id: page },
      rich_text: [{ text: { content: 'x' } }],
    });
    expect(said).toContain('missing_version');
  });
});
