/** Starts work at a fixed rate, whether or not earlier work has ended: a slow server does not get fewer requests. */
export function openLoop(ratePerSecond: number, launch: (dueAt: number) => void): { readonly stop: () => void } {
  const start = performance.now();
  let launched = 0;
  const tick = () => {
    const due = Math.floor(((performance.now() - start) * ratePerSecond) / 1000);
    while (launched < due) launch(start + (++launched * 1000) / ratePerSecond);
  };
  const timer = setInterval(tick, 1);
  return { stop: () => clearInterval(timer) };
}
