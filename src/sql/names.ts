import { createHash } from 'node:crypto';

const MAX_BYTES = 63;

/** A name made from several parts, cut to 63 bytes with a hash of the whole when it would not fit. The same parts always give the same name. */
export function derivedName(...parts: readonly string[]): string {
  const whole = parts.join('_');
  if (Buffer.byteLength(whole) <= MAX_BYTES) return whole;
  const hash = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 8);
  return `${cutToBytes(whole, MAX_BYTES - hash.length - 1)}_${hash}`;
}

/** The longest prefix that fits, never ending inside a character. */
function cutToBytes(text: string, bytes: number): string {
  let cut = '';
  for (const character of text) {
    if (Buffer.byteLength(cut + character) > bytes) break;
    cut += character;
  }
  return cut;
}

/** `users` → `user`, `entries` → `entry`: what one row is called. */
export const singular = (name: string): string =>
  name
    .replace(/ies$/iu, 'y')
    .replace(/(ss|sh|ch|x)es$/iu, '$1')
    .replace(/([^s])s$/iu, '$1');
