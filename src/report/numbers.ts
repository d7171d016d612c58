/** `1,234`. Whole ones do without the tables of languages, which take as long to load as a hundred files to lint. */
export const number = (value: number): string =>
  Number.isInteger(value) ? value.toString().replaceAll(/\B(?=(?:\d{3})+$)/gu, ',') : value.toLocaleString('en-US');

/** `1 min 52 s`, `8.4 s`, `12 ms`. */
export function seconds(value: number): string {
  if (value < 1000) return `${Math.round(value)} ms`;
  if (value < 60_000) return `${(value / 1000).toFixed(1)} s`;
  const whole = Math.round(value / 1000);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `0.94`, `12.3`, `250`: three digits are enough. */
export const millis = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
