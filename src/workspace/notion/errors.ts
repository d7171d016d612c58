import { LockkeeperError } from '../../errors.ts';

export const tokenMissing = () =>
  new LockkeeperError('NOTION_TOKEN', {
    message: 'There is no token for Notion.',
    hint: 'The workspace "notion" is read and written with the token of an integration.',
    fix: 'Make an internal integration at https://www.notion.so/my-integrations and set NOTION_TOKEN.',
  });

export const tokenMalformed = () =>
  new LockkeeperError('NOTION_TOKEN', {
    message: 'NOTION_TOKEN is no token: it has spaces, line ends or other characters that none has.',
    hint: 'It may have been copied with more than itself.',
    fix: 'Set NOTION_TOKEN again.',
  });

export const tokenRefused = (cause: unknown) =>
  new LockkeeperError('NOTION_TOKEN', {
    message: 'Notion does not accept the token.',
    hint: 'It may have been revoked, or belong to another workspace.',
    fix: 'Set NOTION_TOKEN to the token of the integration.',
    cause,
  });

/** `what`: a page, a database or an action, as people call it. */
export const notShared = (what: string, cause?: unknown) =>
  new LockkeeperError('NOTION_NOT_SHARED', {
    message: `Notion has no ${what}, or does not show it to the integration.`,
    hint: 'An integration sees the pages that were shared with it, and those below them.',
    fix: 'Open it in Notion, then ••• → Connections → the integration. A wrong address looks the same.',
    cause,
  });

export const notAllowed = (what: string, cause: unknown) =>
  new LockkeeperError('NOTION_NOT_SHARED', {
    message: `The integration may not do this: ${what}.`,
    hint: 'It needs the capabilities to read, update and insert content.',
    fix: 'Give it these at https://www.notion.so/my-integrations.',
    cause,
  });

export const notionFailed = (what: string, cause: unknown) =>
  new LockkeeperError('NOTION_FAILED', {
    message: `Notion failed: ${what}`,
    hint: 'What was written before stays, and nothing is written twice: the next try goes on from there.',
    fix: 'Try again. If it stays so, see https://www.notion-status.com.',
    cause,
  });

/** Names that would do, for something that has to be one of them. */
export const whichOne = (
  what: string,
  found: readonly { readonly title: string; readonly id: string }[],
  fix: string,
) =>
  new LockkeeperError('USAGE', {
    message: found.length
      ? `Several ${what} fit:\n${found.map(({ title, id }) => `  ${title} (${id})`).join('\n')}`
      : `There is no such thing among the ${what} that are shared with the integration.`,
    hint: 'Which one is meant is never guessed.',
    fix,
    details: { found },
  });
