export const isGlob = (path: string): boolean => /[*?{[]/u.test(path);

/** A pattern with `*`, `**`, `?`, `[…]` and `{a,b}` as a regular expression for whole paths. */
export function globPattern(glob: string): RegExp {
  const source = glob.replaceAll(/\*\*\/|\*\*|\*|\?|\{[^}]*\}|\[[^\]]*\]|[.+^$()|\\{}]/gu, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.startsWith('{') && part.endsWith('}') && part.length > 1)
      return `(?:${part.slice(1, -1).split(',').map(escaped).join('|')})`;
    return part.startsWith('[') ? part : escaped(part);
  });
  return new RegExp(`^${source}$`, 'u');
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/gu, String.raw`\$&`);
