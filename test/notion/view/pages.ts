import { valueText } from '../outline.ts';
import { propertiesOf, valueOf } from '../property-values.ts';
import { richHtml } from './html.ts';
import type { Database, DataSource, Page, Property, Thing } from '../state.ts';
import { plainTitle } from '../titles.ts';
import { childrenOf, dashed, type World } from '../world.ts';
import { blocksHtml } from './blocks.ts';
import { html, Html } from './html.ts';

/** The workspace to look at, read-only: `/view` and `/view/ID`. Null for what is not there. */
export function viewOf(world: World, path: string): string | null {
  if (path === '/view') return page('Workspace', [], topHtml(world));
  const thing = world.state.things[dashed(path.replace('/view/', ''))];
  if (!thing || thing.kind === 'block') return null;
  const content = thing.kind === 'page' ? pageHtml(world, thing) : sourcesHtml(world, thing);
  return page(plainTitle(thing) || 'Untitled', ancestors(world, thing), content);
}

type Titled = Page | Database | DataSource;

const link = (thing: Titled): Html => html`<a href="/view/${thing.id}">${plainTitle(thing) || 'Untitled'}</a>`;

function ancestors(world: World, thing: Thing): readonly Titled[] {
  const above = thing.parent.type === 'workspace' ? undefined : world.state.things[thing.parent.id];
  if (!above) return [];
  return [...ancestors(world, above), ...(above.kind === 'page' || above.kind === 'database' ? [above] : [])];
}

const topHtml = ({ state }: World): Html => {
  const top = Object.values(state.things).filter((thing) => thing.parent.type === 'workspace' && !thing.trashed);
  return html`<ul>
    ${top.map((thing) => (thing.kind === 'block' ? '' : html`<li>${link(thing)}</li>`))}
  </ul>`;
};

function pageHtml(world: World, thing: Page): Html {
  const properties = propertiesOf(world, thing).filter(({ type }) => type !== 'title');
  const rows = properties.map(
    (property) =>
      html`<tr>
        <th>${property.name}</th>
        <td>${valueHtml(world, thing, property)}</td>
      </tr>`,
  );
  const comments = Object.values(world.state.comments).filter(({ parent }) => parent.id === thing.id);
  return html`
    ${
      rows.length
        ? html`<table class="properties">
            ${rows}
          </table>`
        : ''
    }
    ${blocksHtml(world, thing)} ${comments.map(({ text }) => html`<p class="comment">💬 ${richHtml(text)}</p>`)}
  `;
}

function sourcesHtml(world: World, thing: Database | DataSource): Html {
  if (thing.kind === 'data source') return tableHtml(world, thing);
  const sources = childrenOf(world, thing.id, 'data source');
  return html`${sources.map((source) => [
    sources.length > 1 ? html`<h2>${plainTitle(source)}</h2>` : '',
    tableHtml(world, source),
  ])}`;
}

function tableHtml(world: World, source: DataSource): Html {
  const rows = childrenOf(world, source.id, 'page');
  const cells = (row: Page) => source.properties.map((property) => html`<td>${valueHtml(world, row, property)}</td>`);
  return html`
    <table>
      <tr>
        ${source.properties.map(({ name }) => html`<th>${name}</th>`)}
      </tr>
      ${rows.map(
        (row) =>
          html`<tr>
            ${cells(row)}
          </tr>`,
      )}
    </table>
  `;
}

function valueHtml(world: World, row: Page, property: Property): Html {
  const value = valueOf(world, row, property);
  if (property.type === 'title') return link(row);
  if (property.type === 'checkbox') return html`${value === true ? '☑' : '☐'}`;
  if (property.type === 'relation') {
    const pages = (value as readonly { id: string }[]).flatMap(({ id }) => world.state.things[id] ?? []);
    return html`${pages.map((target, i) => (target.kind === 'page' ? html`${i ? ', ' : ''}${link(target)}` : ''))}`;
  }
  const text = property.type.endsWith('_by') ? userName(world, value) : valueText(value);
  return ['select', 'status', 'multi_select'].includes(property.type) && text !== ''
    ? html`<span class="option">${text}</span>`
    : html`${text}`;
}

const userName = ({ state }: World, value: unknown): string =>
  state.users[(value as { readonly id: string }).id]?.name ?? '';

const page = (title: string, above: readonly Titled[], content: Html): string =>
  `<!doctype html>${
    html`<html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <nav><a href="/view">Workspace</a>${above.map((thing) => html` / ${link(thing)}`)}</nav>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`.text
  }`;

const style = new Html(`
  body { font: 16px/1.5 system-ui, sans-serif; color: #37352f; margin: 0; }
  nav { padding: 0.75rem 1.5rem; font-size: 0.875rem; color: #787774; }
  main { max-width: 56rem; margin: 1rem auto 6rem; padding: 0 1.5rem; }
  a { color: inherit; }
  table { border-collapse: collapse; margin: 0.75rem 0; font-size: 0.875rem; }
  th, td { border: 1px solid #e9e9e7; padding: 0.3rem 0.6rem; text-align: left; vertical-align: top; }
  th { background: #f7f6f3; font-weight: 500; }
  pre { background: #f7f6f3; padding: 0.75rem 1rem; overflow-x: auto; font-size: 0.8125rem; }
  code { font-family: ui-monospace, monospace; font-size: 0.875em; background: #f1f0ee; }
  pre code { background: none; }
  blockquote { border-left: 3px solid #37352f; margin: 0.5rem 0; padding-left: 0.9rem; }
  aside { background: #f1f1ef; border-radius: 4px; padding: 0.75rem; display: flex; gap: 0.6rem; margin: 0.5rem 0; }
  p { margin: 0.3rem 0; }
  .below { padding-left: 1.5rem; }
  .below:empty { display: none; }
  .columns { display: flex; gap: 2rem; }
  .columns > div { flex: 1; }
  .option { background: #e3e2e0; border-radius: 3px; padding: 0 0.4rem; }
  .comment { color: #787774; }
`);
