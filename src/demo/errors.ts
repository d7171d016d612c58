import { LockkeeperError } from '../errors.ts';
import type { PhaseName } from '../events.ts';

export const demoGateClosed = (phase: PhaseName, gate: string, why: string) =>
  new LockkeeperError('GATE_CLOSED', {
    message: `The demonstration stopped before ${phase}: the gate "${gate}" is closed.`,
    hint: why,
    fix: 'Run the demonstration with --keep and look at `lockkeeper status`.',
  });

export const demoSpecificationOther = (page: string) =>
  new LockkeeperError('USAGE', {
    message: `${page} asks for something else than the demonstration’s application is written for.`,
    hint: 'It reads and writes user_preferences (theme, language, items_per_page, other) and notification_preferences (email, digest), made of users.preferences.',
    fix: 'Give it the page of docs/specifications.md; for your own: lockkeeper spec draft PAGE.',
  });
