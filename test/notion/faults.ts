/** What goes wrong with a request, once: answers that are no answer, or come too late. */
export interface Fault {
  readonly how: keyof typeof answers | 'cut' | 'malformed' | 'slow';
  /** The request has done its work before. Without it nothing was changed; `malformed` and `slow` always have. */
  readonly committed?: boolean;
  /** So many of the requests that are meant pass first. */
  readonly skip?: number;
  /** How often; once without it. */
  readonly times?: number;
  /** Which requests are meant; every one without it. */
  readonly only?: (request: { readonly method: string; readonly path: string }) => boolean;
  /** In seconds, for `rate_limited` and `service_overload`; 1 without it. */
  readonly retryAfter?: number;
  /** How late a `slow` answer is. */
  readonly milliseconds?: number;
}

export const answers = {
  rate_limited: [429, 'You have been rate limited. Please try again in a few minutes.'],
  service_overload: [529, 'The service is overloaded. Please try again later.'],
  internal_server_error: [500, 'Unexpected error occurred.'],
  service_unavailable: [503, 'Notion is unavailable, please try again later.'],
  gateway_timeout: [504, 'The request timed out at the gateway.'],
  conflict_error: [409, 'Conflict occurred while saving. Please try again.'],
  /** From the edge, as HTML. */
  bad_gateway: [502, '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'],
} as const;

export type FaultQueue = (Fault & { passed: number; happened: number })[];

/** The fault of this request, if one is due. */
export function takeFault(
  queue: FaultQueue,
  request: { readonly method: string; readonly path: string },
): Fault | null {
  for (const fault of queue) {
    if (fault.happened >= (fault.times ?? 1) || fault.only?.(request) === false) continue;
    if (fault.passed < (fault.skip ?? 0)) {
      fault.passed += 1;
      continue;
    }
    fault.happened += 1;
    return fault;
  }
  return null;
}

/** Whether one more request is too many for the bucket; `now` in milliseconds. */
export function tokenBucket(perSecond: number, now: () => number): () => boolean {
  let tokens = perSecond;
  let last = now();
  return () => {
    const at = now();
    tokens = Math.min(perSecond, tokens + ((at - last) / 1000) * perSecond);
    last = at;
    if (tokens < 1) return true;
    tokens -= 1;
    return false;
  };
}
