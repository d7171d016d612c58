import { LockkeeperError } from '../errors.ts';
import type { PhaseName } from '../events.ts';

export const demoGateClosed = (phase: PhaseName, gate: string, why: string) =>
  new LockkeeperError('GATE_CLOSED', {
    message: `The demonstration stopped before ${phase}: the gate "${gate}" is closed.`,
    hint: why,
    fix: 'Run the demonstration with --keep and look at `lockkeeper status`.',
  });
