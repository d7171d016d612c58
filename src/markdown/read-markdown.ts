import type { Blockquote, Nodes, Paragraph, PhrasingContent, Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfm } from 'micromark-extension-gfm';
import { iconOfAlert } from './alerts.ts';
import { foldMath } from './fold-math.ts';
import { foldInlineTags, foldTags } from './fold-tags.ts';
import { separateTables } from './separate-tables.ts';
import type { Tag } from './tree.ts';

/** Markdown (GitHub's) as a tree. Known HTML tags and alerts are containers in it, and links by reference plain links; positions are those of the text given. */
export function readMarkdown(text: string): Root {
  const { text: source, lineOf } = separateTables(text.replaceAll(/\r\n?/gu, '\n'));
  const hasFrontMatter = /^---[ \t]*\n(?:[^]*?\n)?---[ \t]*(?:\n|$)/u.test(source); // looked for in vain, it spoils what follows
  const root = fromMarkdown(source, {
    extensions: [gfm(), ...(hasFrontMatter ? [frontmatter()] : [])],
    mdastExtensions: [...gfmTree, frontmatterFromMarkdown()],
  });
  resolveReferences(root);
  shape(root, source);
  moveLines(root, lineOf);
  return root;
}

/** Without the search for addresses in text, which would find those that were escaped. */
const gfmTree = gfmFromMarkdown().map(({ transforms: _, ...extension }) => extension);

/** Depth first, so that what is folded has been shaped. */
function shape(node: Nodes, source: string): void {
  if (!('children' in node)) return;
  for (const child of node.children) shape(child, source);
  if (node.type === 'root') node.children = foldTags(node.children.map((child) => asCallout(child, source)));
  else if (node.type === 'listItem' || node.type === 'blockquote' || node.type === 'footnoteDefinition')
    node.children = foldTags(node.children.map((child) => asCallout(child, source)));
  else if (
    node.type === 'paragraph' ||
    node.type === 'heading' ||
    node.type === 'tableCell' ||
    node.type === 'link' ||
    node.type === 'strong' ||
    node.type === 'emphasis' ||
    node.type === 'delete'
  )
    node.children = foldInlineTags(foldMath(node.children, source));
}

/** `> [!NOTE]`, unless its bracket was escaped. */
function asCallout<Node extends { type: string }>(node: Node | Blockquote, source: string): Node | Blockquote | Tag {
  if (!isBlockquote(node)) return node;
  const [first, ...rest] = node.children;
  const head = first?.type === 'paragraph' ? first.children[0] : undefined;
  if (first?.type !== 'paragraph' || head?.type !== 'text') return node;
  const [marker, word = ''] = /^\[!([^\s\]]+)\][ \t]*(?:\n|$)/u.exec(head.value) ?? [];
  if (marker === undefined || source[offsetOf(head)] !== '[') return node;
  const children = textAfter(first, marker);
  const place = node.position ? { position: node.position } : {};
  const attributes = { icon: iconOfAlert(word) };
  return { type: 'tag', name: 'callout', attributes, children: [{ ...first, children }, ...rest], ...place };
}

const offsetOf = ({ position }: Nodes): number => position?.start.offset ?? -1;

function textAfter({ children: [head, ...inline] }: Paragraph, marker: string): PhrasingContent[] {
  if (head?.type !== 'text') return inline;
  const value = head.value.slice(marker.length);
  if (value !== '') return [{ ...head, value }, ...inline];
  return !marker.endsWith('\n') && inline[0]?.type === 'break' ? inline.slice(1) : inline;
}

const isBlockquote = (node: { type: string }): node is Blockquote => node.type === 'blockquote';

function resolveReferences(root: Root): void {
  const definitions = new Map<string, string>();
  visit(root, (node) => {
    if (node.type === 'definition' && !definitions.has(node.identifier)) definitions.set(node.identifier, node.url);
  });
  if (!definitions.size) return;
  visit(root, (node) => {
    if (!('children' in node)) return;
    node.children.forEach((child, i) => {
      if (child.type !== 'linkReference' && child.type !== 'imageReference') return;
      const url = definitions.get(child.identifier) ?? '';
      node.children[i] =
        child.type === 'linkReference'
          ? { type: 'link', url, children: child.children, ...(child.position ? { position: child.position } : {}) }
          : { type: 'image', url, alt: child.alt ?? '', ...(child.position ? { position: child.position } : {}) };
    });
  });
}

function moveLines(root: Root, lineOf: (line: number) => number): void {
  visit(root, ({ position }) => {
    if (!position) return;
    position.start = { ...position.start, line: lineOf(position.start.line) };
    position.end = { ...position.end, line: lineOf(position.end.line) };
  });
}

/** Calls `look` with a node and everything below it, parents first. */
function visit(node: Nodes, look: (node: Nodes) => void): void {
  look(node);
  if ('children' in node) for (const child of node.children) visit(child, look);
}
