import type { State } from './state.ts';

export type Capability = 'read comments' | 'insert comments' | 'read users';

export interface NotionOptions {
  /** Decides all ids. */
  readonly seed?: string;
  /** Milliseconds since 1970. Without it the clock starts on a fixed day and goes on by a second whenever it is read. */
  readonly now?: () => number;
  /** 0 for any free one. */
  readonly port?: number;
  readonly token?: string;
  /** A new page is found by a search only after so many further requests. */
  readonly searchDelay?: number;
  /** All without it. */
  readonly capabilities?: readonly Capability[];
  /** Requests in a second before 429 is answered. No limit without it. */
  readonly perSecond?: number;
  /** A snapshot to start from. */
  readonly state?: State;
}
