import type { Clock } from '../clock.ts';
import { connectNotion } from './notion/client.ts';
import { tokenMissing } from './notion/errors.ts';
import { findPages, readPage } from './notion/page.ts';
import { type NotionPlaces, publishPages } from './notion/publish.ts';
import type { Workspace } from './workspace.ts';

export interface NotionSettings extends NotionPlaces {
  /** Of the integration; null where none is given. */
  readonly token: string | null;
  /** Without `/v1`; null for Notion itself. */
  readonly baseUrl: string | null;
  readonly clock: Clock;
}

/** Pages and databases of Notion, as far as they are shared with the integration. */
export function notionWorkspace({ token, baseUrl, clock, ...places }: NotionSettings): Workspace {
  const connect = (signal: AbortSignal) => {
    if (token === null) throw tokenMissing();
    return connectNotion({ token, baseUrl, clock }, signal);
  };
  const never = new AbortController().signal;
  return {
    name: 'notion',
    find: async (words) => findPages(connect(never), words),
    read: async (ref) => readPage(connect(never), ref),
    publish: async (publication, { signal, ...options }) => publishPages(connect(signal), places, publication, options),
  };
}
