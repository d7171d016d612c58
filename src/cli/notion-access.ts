import type { NotionAccess } from '../app/workspaces.ts';
import type { Terminal } from './terminal.ts';

/** From the environment alone: a file of the project could send the token anywhere. */
export const notionAccess = ({ env, clock }: Pick<Terminal, 'env' | 'clock'>): NotionAccess => ({
  token: env['NOTION_TOKEN'] || null,
  baseUrl: env['NOTION_BASE_URL']?.replace(/\/+$/u, '') || null,
  clock,
});
