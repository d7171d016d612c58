export interface Matched {
  /** `GET /v1/pages/:page_id` */
  readonly route: string;
  readonly path: Readonly<Record<string, string>>;
}

/** Tells which of the routes a request is for. */
export function matcherOf(routes: readonly string[]): (method: string, path: string) => Matched | null {
  const patterns = routes.map((route) => {
    const [method = '', path = ''] = route.split(' ');
    return { route, method, pattern: new RegExp(`^${path.replaceAll(/:(\w+)/gu, '(?<$1>[^/]+)')}$`, 'u') };
  });
  return (method, path) => {
    for (const { route, pattern, ...wanted } of patterns) {
      const match = wanted.method === method ? pattern.exec(path) : null;
      if (match) return { route, path: { ...match.groups } };
    }
    return null;
  };
}
