export const marks = ['bold', 'italic', 'strikethrough', 'underline', 'code'] as const;
export type Mark = (typeof marks)[number];

export interface Mention {
  readonly kind: 'page' | 'database' | 'user' | 'date';
  /** An id; for a date `start` or `start/end`, as ISO 8601. */
  readonly of: string;
}

/** A piece of text with one look. Colours are not kept. */
export interface Run {
  /** What is read; for an equation, its expression. Line breaks are `\n`. */
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly link: string | null;
  readonly mention: Mention | null;
  readonly equation: boolean;
}

export const headingTypes = ['heading_1', 'heading_2', 'heading_3', 'heading_4'] as const;
export const mediaTypes = ['image', 'video', 'audio', 'pdf', 'file', 'embed', 'bookmark'] as const;
export const bareTypes = ['divider', 'breadcrumb', 'table_of_contents'] as const;

type Kind =
  | {
      readonly type: 'paragraph' | 'bulleted_list_item' | 'numbered_list_item' | 'quote' | 'toggle' | 'template';
      readonly text: readonly Run[];
      readonly children: readonly Block[];
    }
  | {
      readonly type: (typeof headingTypes)[number];
      readonly text: readonly Run[];
      /** Only then it can have children. */
      readonly toggleable: boolean;
      readonly children: readonly Block[];
    }
  | {
      readonly type: 'to_do';
      readonly text: readonly Run[];
      readonly checked: boolean;
      readonly children: readonly Block[];
    }
  | {
      readonly type: 'callout';
      readonly text: readonly Run[];
      /** An emoji. */
      readonly icon: string;
      readonly children: readonly Block[];
    }
  | {
      readonly type: 'code';
      readonly code: string;
      /** One of Notion's languages. */
      readonly language: string;
      readonly caption: string;
    }
  | { readonly type: 'equation'; readonly expression: string }
  | { readonly type: (typeof bareTypes)[number] }
  | {
      readonly type: (typeof mediaTypes)[number];
      readonly url: string;
      readonly caption: string;
      /** Of a file; otherwise empty. */
      readonly name: string;
    }
  | { readonly type: 'link_to_page'; readonly target: 'page' | 'database' | 'comment'; readonly page: string }
  | {
      readonly type: 'table';
      /** The first row is a header. */
      readonly header: boolean;
      /** As many cells in each. */
      readonly rows: readonly (readonly (readonly Run[])[])[];
    }
  | { readonly type: 'column_list' | 'column' | 'tab'; readonly children: readonly Block[] }
  | {
      readonly type: 'synced_block';
      /** The block it shows; null for an original. */
      readonly from: string | null;
      readonly children: readonly Block[];
    };

/** A Notion block with what is below it, as far as it is content. */
export type Block = Kind & {
  /** Where it was read from. */
  readonly id?: string;
};

export type BlockType = Block['type'];
