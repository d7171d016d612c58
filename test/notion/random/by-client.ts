import type { Client } from '@notionhq/client';
import type { Contract } from '../contract/types.ts';

type Send<Route extends keyof Contract> = (client: Client, args: Contract[Route]['request']) => Promise<unknown>;

/** The official client's own methods. */
export const byClient: { readonly [Route in keyof Contract]: Send<Route> } = {
  'GET /v1/users/me': (client) => client.users.me({}),
  'GET /v1/users/:user_id': (client, args) => client.users.retrieve(args),
  'GET /v1/users': (client, args) => client.users.list(args),
  'POST /v1/search': (client, args) => client.search(args),
  'POST /v1/pages': (client, args) => client.pages.create(args),
  'GET /v1/pages/:page_id': (client, args) => client.pages.retrieve(args),
  'PATCH /v1/pages/:page_id': (client, args) => client.pages.update(args),
  'POST /v1/pages/:page_id/move': (client, args) => client.pages.move(args),
  'GET /v1/pages/:page_id/properties/:property_id': (client, args) => client.pages.properties.retrieve(args),
  'GET /v1/pages/:page_id/markdown': (client, args) => client.pages.retrieveMarkdown(args),
  'PATCH /v1/pages/:page_id/markdown': (client, args) => client.pages.updateMarkdown(args),
  'GET /v1/blocks/:block_id': (client, args) => client.blocks.retrieve(args),
  'GET /v1/blocks/:block_id/children': (client, args) => client.blocks.children.list(args),
  'PATCH /v1/blocks/:block_id/children': (client, args) => client.blocks.children.append(args),
  'PATCH /v1/blocks/:block_id': (client, args) => client.blocks.update(args),
  'DELETE /v1/blocks/:block_id': (client, args) => client.blocks.delete(args),
  'POST /v1/databases': (client, args) => client.databases.create(args),
  'GET /v1/databases/:database_id': (client, args) => client.databases.retrieve(args),
  'PATCH /v1/databases/:database_id': (client, args) => client.databases.update(args),
  'POST /v1/data_sources': (client, args) => client.dataSources.create(args),
  'GET /v1/data_sources/:data_source_id': (client, args) => client.dataSources.retrieve(args),
  'PATCH /v1/data_sources/:data_source_id': (client, args) => client.dataSources.update(args),
  'GET /v1/data_sources/:data_source_id/templates': (client, args) => client.dataSources.listTemplates(args),
  'POST /v1/data_sources/:data_source_id/query': (client, args) => client.dataSources.query(args),
  'POST /v1/comments': (client, args) => client.comments.create(args),
  'GET /v1/comments': (client, args) => client.comments.list(args),
  'GET /v1/comments/:comment_id': (client, args) => client.comments.retrieve(args),
  'PATCH /v1/comments/:comment_id': (client, args) => client.comments.update(args),
  'DELETE /v1/comments/:comment_id': (client, args) => client.comments.delete(args),
};
