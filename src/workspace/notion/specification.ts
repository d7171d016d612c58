import { LockkeeperError } from '../../errors.ts';
import { blockRequest } from '../../markdown/block-request.ts';
import type { Change, PageRecords } from '../../publication/document.ts';
import { planLink } from './body.ts';
import type { Notion } from './client.ts';
import { recordOf, remember } from './locate.ts';
import { anything, block, type PageResponse } from './shapes.ts';

interface Linking {
  readonly notion: Notion;
  readonly records: PageRecords;
  readonly me: string;
  readonly dryRun: boolean;
}

/** Puts a link to the plan at the end of the specification, once: a person may take it away. `plan` is null while there is none. */
export async function linkPlan(
  { notion, records, me, dryRun }: Linking,
  specification: PageResponse,
  plan: { readonly key: string; readonly id: string | null; readonly isBelow: boolean },
): Promise<{ readonly change: Change; readonly problem: string | null }> {
  const record = `${plan.key}#link`;
  const result = (how: Change['how'], problem: string | null = null) => ({
    change: {
      key: 'specification',
      how,
      where: specification.url,
      details: how === 'update' ? ['link to the plan'] : [],
    },
    problem,
  });
  const { id } = specification;
  if (plan.isBelow || (await recordOf(records, record))) return result('unchanged');
  const what = `page ${id}`;
  const isThere = async (): Promise<boolean> => {
    const blocks = await notion.all({ method: 'get', path: `blocks/${id}/children`, what }, block);
    return plan.id !== null && blocks.some((one) => JSON.stringify(one).includes(plan.id ?? ''));
  };
  if (await isThere()) {
    if (!dryRun && plan.id !== null) await remember(records, record, id, me);
    return result('unchanged');
  }
  if (dryRun || plan.id === null) return result('update');
  const body = { children: [blockRequest(planLink(plan.id), [])] };
  try {
    await notion.settle(async () => {
      if (!(await isThere()))
        await notion.once({ method: 'patch', path: `blocks/${id}/children`, body, what }, anything);
    });
  } catch (error) {
    if (!(error instanceof LockkeeperError) || error.code !== 'NOTION_NOT_SHARED') throw error;
    return result('unchanged', `The specification has no link to the plan: ${error.message} ${error.fix}`);
  }
  await remember(records, record, id, me);
  return result('update');
}
