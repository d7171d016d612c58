import type { Nodes, RootContent } from 'mdast';

/** The same tree with the links that `replace` knows replaced by its nodes; null leaves a link as it is. */
export function mapLinks(
  nodes: readonly RootContent[],
  replace: (link: Extract<RootContent, { type: 'link' }>) => readonly RootContent[] | null,
): RootContent[] {
  return nodes.flatMap((node): readonly RootContent[] => {
    if (node.type === 'link') return replace(node) ?? [node];
    if (!('children' in node)) return [node];
    return [withChildren(node, mapLinks(node.children, replace))];
  });
}

const withChildren = <Node extends Nodes>(node: Node, children: readonly RootContent[]): Node => ({
  ...node,
  children,
});
