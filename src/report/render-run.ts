import type { RunResult } from './document-schemas.ts';
import { noPaint, oneLine, type Paint, wrap } from './text.ts';
import { duration, phaseText, shellWord } from './words.ts';

/** How a run ended, and what to type next. */
export function renderRun(run: RunResult, paint: Paint = noPaint): string {
  const name = oneLine(run.migration);
  const command = `lockkeeper ${run.direction === 'forward' ? 'apply' : 'rollback'} ${shellWord(run.migration)}`;
  switch (run.outcome) {
    case 'reached':
      return [
        paint.green(`${name}: ${reachedText(run)} in ${duration(run.ms)}.`),
        ...run.next.map((next) => `It is followed by: lockkeeper apply ${shellWord(next)}`),
      ].join('\n');
    case 'waiting':
      return [
        paint.yellow(`${name}: stopped at a closed gate; done: ${phaseText(run.phase)}.`),
        ...run.closedGates.flatMap(({ id, why, opensBy }) => [
          `  ${oneLine(id)}`,
          wrap(why, '    '),
          wrap(`opens by: ${opensBy}`, '    '),
        ]),
        `Then: ${command}`,
      ].join('\n');
    case 'interrupted':
      return [paint.yellow(`${name}: interrupted; done: ${phaseText(run.phase)}.`), `To go on: ${command}`].join('\n');
  }
}

const reachedText = ({ direction, phase }: RunResult): string =>
  direction === 'forward' ? `${phaseText(phase)} is done` : phase === null ? 'rolled back' : `rolled back to ${phase}`;
