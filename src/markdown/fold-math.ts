import type { PhrasingContent } from 'mdast';

/** A formula is code between dollars that were not escaped. */
export function foldMath(nodes: readonly PhrasingContent[], source: string): PhrasingContent[] {
  const result = [...nodes];
  for (let i = 1; i < result.length - 1; i++) {
    const [before, node, after] = [result[i - 1], result[i], result[i + 1]];
    if (before?.type !== 'text' || node?.type !== 'inlineCode' || after?.type !== 'text') continue;
    if (!before.value.endsWith('$') || !after.value.startsWith('$')) continue;
    if (source[(node.position?.start.offset ?? 0) - 2] === '\\') continue;
    result[i - 1] = { ...before, value: before.value.slice(0, -1) };
    result[i] = { type: 'inlineTag', name: 'math', attributes: {}, children: [node] };
    result[i + 1] = { ...after, value: after.value.slice(1) };
  }
  return result;
}
