/** What the server answers instead of what was asked for. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly additional: Readonly<Record<string, unknown>> | null;
  readonly retryAfter: number | null;

  constructor(
    status: number,
    code: string,
    message: string,
    more: Partial<Pick<ApiError, 'additional' | 'retryAfter'>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.additional = more.additional ?? null;
    this.retryAfter = more.retryAfter ?? null;
  }
}

export const invalid = (message: string) => new ApiError(400, 'validation_error', message);

export type Kind = 'page' | 'block' | 'database' | 'data source' | 'user' | 'comment' | 'discussion' | 'property';

/** Also for what is there and not shared with the integration. */
export const notFound = (kind: Kind, id: string) =>
  new ApiError(
    404,
    'object_not_found',
    `Could not find ${kind} with ID: ${id}. Make sure the relevant pages and databases are shared with your integration.`,
  );

export const restricted = () => new ApiError(403, 'restricted_resource', 'Insufficient permissions for this endpoint.');

export const archivedBlock = () =>
  invalid("Can't edit block that is archived. You must unarchive the block before editing.");

export const archivedAncestor = () =>
  invalid("Can't edit page on block with an archived ancestor. You must unarchive the ancestor before editing page.");
