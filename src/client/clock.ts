/** Time, as something a test can hold still. */
export interface Clock {
  readonly now: () => number;
  /** Returns how to call it off. `background`: does not keep the process alive. */
  readonly after: (ms: number, work: () => void, options?: { readonly background: boolean }) => () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, work, options) => {
    const timer = setTimeout(work, ms);
    if (options?.background) timer.unref();
    return () => clearTimeout(timer);
  },
};
