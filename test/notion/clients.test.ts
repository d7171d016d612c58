import { APIResponseError, Client, isNotionClientError, LogLevel } from '@notionhq/client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allRoutes } from './answer.ts';
import { type ContractCheck, contractCheck } from './contract/check.ts';
import { byClient } from './random/by-client.ts';
import { flawsOf } from './random/laws.ts';
import { resolved } from './random/resolve.ts';
import { seedWorkspace } from './random/seeded.ts';
import { type Step, steps } from './random/steps.ts';
import { type Notion, startNotion } from './server.ts';
import type { State } from './state.ts';

let notion: Notion;
let contract: ContractCheck;
let start: State;

beforeAll(async () => {
  contract = contractCheck();
  notion = await startNotion({ seed: 'clients' });
  seedWorkspace(notion);
  start = notion.snapshot();
}, 60_000);
afterAll(() => notion.close());

const runs = { numRuns: Number(process.env['RUNS'] ?? 60) };

/** Everything that was asked and answered since is as the official types say, and the workspace is whole. */
function expectFaithful(since: number): void {
  expect(notion.requests.slice(since).flatMap(contract.problemsOf)).toEqual([]);
  expect(notion.mistakes).toEqual([]);
  expect(flawsOf(notion.snapshot())).toEqual([]);
}

it('has exactly the routes of the contract', () => {
  expect([...contract.routes].sort()).toEqual([...allRoutes].sort());
});

describe('@notionhq/client', () => {
  const clientFor = (notionVersion: Step['version']) =>
    new Client({
      auth: notion.token,
      baseUrl: notion.url,
      notionVersion,
      logLevel: LogLevel.ERROR,
      retry: false,
      logger: () => undefined,
    });

  it('understands all answers to random requests', async () => {
    const counts = { ok: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        notion.restore(start);
        const since = notion.requests.length;
        for (const { route, args, version } of list) {
          const call = byClient[route] as (client: Client, args: unknown) => Promise<unknown>;
          await call(clientFor(version), resolved(notion.snapshot(), args)).then(
            () => (counts.ok += 1),
            (error: unknown) => {
              if (!isNotionClientError(error) || !(error instanceof APIResponseError)) throw error;
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
