/** Where a key stands among ten thousand: FNV-1a, 32 bit, over the UTF-8 of `name:key`, as the SQL function `lockkeeper.reads` computes it. */
export function bucketOf(name: string, key: string): number {
  let hash = 2166136261;
  for (const byte of new TextEncoder().encode(`${name}:${key}`)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
  return hash % 10_000;
}
