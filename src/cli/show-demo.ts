import type { DemoView } from '../demo/demo-view.ts';
import { millis, number } from '../report/numbers.ts';
import { oneLine, type Paint } from '../report/text.ts';
import { duration } from '../report/words.ts';
import { progressBar } from './live-view.ts';
import type { Terminal } from './terminal.ts';

interface DemoScreen {
  readonly onView: (view: DemoView) => void;
  readonly rest: () => void;
}

/** The demonstration in view: live on a terminal, otherwise a line for each act. */
export async function showDemo({ err, errPaint, ...terminal }: Terminal): Promise<DemoScreen> {
  const region = await terminal.region();
  let act = '';
  return {
    onView: (view) => {
      if (view.act !== act) (region?.persist ?? err)(oneLine(`${duration(view.elapsedMs).padStart(8)}  ${view.act}`));
      act = view.act;
      region?.show(renderDemoView(view, errPaint));
    },
    rest: () => {
      region?.clear();
      region?.done();
    },
  };
}

function renderDemoView({ act, step, waiting, backfill, latency, longestStallMs }: DemoView, paint: Paint): string {
  return [
    `${paint.bold(oneLine(act))}${step === null ? '' : `  ${oneLine(step)}`}`,
    backfill &&
      `${progressBar(backfill.rowsTotal > 0 ? Math.min(1, backfill.rowsDone / backfill.rowsTotal) : 1)}  ${number(backfill.rowsDone)} of ${number(backfill.rowsTotal)} rows  ${number(Math.round(backfill.rowsPerSecond))} rows/s${backfill.secondsLeft === null ? '' : `  ${duration(backfill.secondsLeft * 1000)} left`}`,
    waiting && paint.yellow(oneLine(`waits: ${waiting}`)),
    latency &&
      `application: ${number(latency.transactions)} transactions, p50 ${millis(latency.p50Ms)} ms, p99 ${millis(latency.p99Ms)} ms, longest stall ${Math.round(longestStallMs)} ms`,
  ]
    .filter((line) => line !== null)
    .join('\n');
}
