import type { BlockContent, DefinitionContent, Node, PhrasingContent } from 'mdast';

/** Containers and leaves that Markdown has no syntax for; written as HTML tags, a callout as an alert. */
export const tagNames = [
  ...['details', 'summary', 'callout', 'div', 'template', 'synced-block', 'column-list', 'column', 'tab'],
  ...['bookmark', 'embed', 'video', 'audio', 'pdf', 'file', 'link-to-page', 'table-of-contents', 'breadcrumb'],
] as const;
export type TagName = (typeof tagNames)[number];

export type Attributes = Readonly<Record<string, string>>;

export interface Tag extends Node {
  type: 'tag';
  name: TagName;
  attributes: Attributes;
  children: (BlockContent | DefinitionContent)[];
}

/** Underlined text; a formula, written as code between dollars; a mention of a `page`, a `database` or a `user` by id, or of a `date`. */
export interface InlineTag extends Node {
  type: 'inlineTag';
  name: 'u' | 'mention' | 'math';
  attributes: Attributes;
  children: PhrasingContent[];
}

export const inlineTagNames = ['u', 'mention'] as const;

declare module 'mdast' {
  interface BlockContentMap {
    tag: Tag;
  }
  interface RootContentMap {
    tag: Tag;
    inlineTag: InlineTag;
  }
  interface PhrasingContentMap {
    inlineTag: InlineTag;
  }
}
