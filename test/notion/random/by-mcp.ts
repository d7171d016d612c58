import type { Contract } from '../contract/types.ts';

/** The tools of Notion's own MCP server, as far as it has them. */
export const toolOf: Readonly<Partial<Record<keyof Contract, string>>> = {
  'GET /v1/users/me': 'API-get-self',
  'GET /v1/users/:user_id': 'API-get-user',
  'GET /v1/users': 'API-get-users',
  'POST /v1/search': 'API-post-search',
  'POST /v1/pages': 'API-post-page',
  'GET /v1/pages/:page_id': 'API-retrieve-a-page',
  'PATCH /v1/pages/:page_id': 'API-patch-page',
  'POST /v1/pages/:page_id/move': 'API-move-page',
  'GET /v1/pages/:page_id/properties/:property_id': 'API-retrieve-a-page-property',
  'GET /v1/pages/:page_id/markdown': 'API-retrieve-page-markdown',
  'PATCH /v1/pages/:page_id/markdown': 'API-update-page-markdown',
  'GET /v1/blocks/:block_id': 'API-retrieve-a-block',
  'GET /v1/blocks/:block_id/children': 'API-get-block-children',
  'PATCH /v1/blocks/:block_id/children': 'API-patch-block-children',
  'PATCH /v1/blocks/:block_id': 'API-update-a-block',
  'DELETE /v1/blocks/:block_id': 'API-delete-a-block',
  'GET /v1/databases/:database_id': 'API-retrieve-a-database',
  'POST /v1/data_sources': 'API-create-a-data-source',
  'GET /v1/data_sources/:data_source_id': 'API-retrieve-a-data-source',
  'PATCH /v1/data_sources/:data_source_id': 'API-update-a-data-source',
  'GET /v1/data_sources/:data_source_id/templates': 'API-list-data-source-templates',
  'POST /v1/data_sources/:data_source_id/query': 'API-query-data-source',
  'POST /v1/comments': 'API-create-a-comment',
  'GET /v1/comments': 'API-retrieve-a-comment',
};
