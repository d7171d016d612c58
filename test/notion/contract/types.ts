import type * as Api from '@notionhq/client/build/src/api-endpoints.js';

interface Exchange<Request, Response> {
  readonly request: Request;
  readonly response: Response;
}

type Comment = Api.CommentObjectResponse | Api.PartialCommentObjectResponse;

/** What the official client's types say of each request, with its path and query, and of its answer, which is always whole. */
export interface Contract {
  readonly 'GET /v1/users/me': Exchange<Api.EmptyObject, Api.UserObjectResponse>;
  readonly 'GET /v1/users/:user_id': Exchange<Api.GetUserParameters, Api.UserObjectResponse>;
  readonly 'GET /v1/users': Exchange<Api.ListUsersParameters, Api.ListUsersResponse>;
  readonly 'POST /v1/search': Exchange<Api.SearchParameters, Api.SearchResponse>;
  readonly 'POST /v1/pages': Exchange<Api.CreatePageParameters, Api.PageObjectResponse>;
  readonly 'GET /v1/pages/:page_id': Exchange<Api.GetPageParameters, Api.PageObjectResponse>;
  readonly 'PATCH /v1/pages/:page_id': Exchange<Api.UpdatePageParameters, Api.PageObjectResponse>;
  readonly 'POST /v1/pages/:page_id/move': Exchange<Api.MovePageParameters, Api.PageObjectResponse>;
  readonly 'GET /v1/pages/:page_id/properties/:property_id': Exchange<
    Api.GetPagePropertyParameters,
    Api.GetPagePropertyResponse
  >;
  readonly 'GET /v1/pages/:page_id/markdown': Exchange<Api.GetPageMarkdownParameters, Api.GetPageMarkdownResponse>;
  readonly 'PATCH /v1/pages/:page_id/markdown': Exchange<
    Api.UpdatePageMarkdownParameters,
    Api.UpdatePageMarkdownResponse
  >;
  readonly 'GET /v1/blocks/:block_id': Exchange<Api.GetBlockParameters, Api.BlockObjectResponse>;
  readonly 'GET /v1/blocks/:block_id/children': Exchange<
    Api.ListBlockChildrenParameters,
    Api.ListBlockChildrenResponse
  >;
  readonly 'PATCH /v1/blocks/:block_id/children': Exchange<
    Api.AppendBlockChildrenParameters,
    Api.AppendBlockChildrenResponse
  >;
  readonly 'PATCH /v1/blocks/:block_id': Exchange<Api.UpdateBlockParameters, Api.BlockObjectResponse>;
  readonly 'DELETE /v1/blocks/:block_id': Exchange<Api.DeleteBlockParameters, Api.BlockObjectResponse>;
  readonly 'POST /v1/databases': Exchange<Api.CreateDatabaseParameters, Api.DatabaseObjectResponse>;
  readonly 'GET /v1/databases/:database_id': Exchange<Api.GetDatabaseParameters, Api.DatabaseObjectResponse>;
  readonly 'PATCH /v1/databases/:database_id': Exchange<Api.UpdateDatabaseParameters, Api.DatabaseObjectResponse>;
  readonly 'POST /v1/data_sources': Exchange<Api.CreateDataSourceParameters, Api.DataSourceObjectResponse>;
  readonly 'GET /v1/data_sources/:data_source_id': Exchange<Api.GetDataSourceParameters, Api.DataSourceObjectResponse>;
  readonly 'PATCH /v1/data_sources/:data_source_id': Exchange<
    Api.UpdateDataSourceParameters,
    Api.DataSourceObjectResponse
  >;
  readonly 'GET /v1/data_sources/:data_source_id/templates': Exchange<
    Api.ListDataSourceTemplatesParameters,
    Api.ListDataSourceTemplatesResponse
  >;
  readonly 'POST /v1/data_sources/:data_source_id/query': Exchange<
    Api.QueryDataSourceParameters,
    Api.QueryDataSourceResponse
  >;
  readonly 'POST /v1/comments': Exchange<Api.CreateCommentParameters, Comment>;
  readonly 'GET /v1/comments': Exchange<Api.ListCommentsParameters, Api.ListCommentsResponse>;
  readonly 'GET /v1/comments/:comment_id': Exchange<Api.GetCommentParameters, Comment>;
  readonly 'PATCH /v1/comments/:comment_id': Exchange<Api.UpdateCommentParameters, Comment>;
  readonly 'DELETE /v1/comments/:comment_id': Exchange<Api.DeleteCommentParameters, Comment>;
}
