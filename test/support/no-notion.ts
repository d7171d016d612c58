import type { NotionAccess } from '../../src/app/workspaces.ts';
import { systemClock } from '../../src/clock.ts';

/** Nobody gave a token. */
export const noNotion: NotionAccess = { token: null, baseUrl: null, clock: systemClock };
