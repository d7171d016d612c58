/** What Notion can highlight. */
export const languages: readonly string[] = (
  'abap|abc|agda|arduino|ascii art|assembly|bash|basic|bnf|c|c#|c++|clojure|coffeescript|coq|css|dart|dhall|diff|docker|' +
  'ebnf|elixir|elm|erlang|f#|flow|fortran|gherkin|glsl|go|graphql|groovy|haskell|hcl|html|idris|java|javascript|json|' +
  'julia|kotlin|latex|less|lisp|livescript|llvm ir|lua|makefile|markdown|markup|matlab|mathematica|mermaid|nix|' +
  'notion formula|objective-c|ocaml|pascal|perl|php|plain text|powershell|prolog|protobuf|purescript|python|r|racket|' +
  'reason|ruby|rust|sass|scala|scheme|scss|shell|smalltalk|solidity|sql|swift|toml|typescript|vb.net|verilog|vhdl|' +
  'visual basic|webassembly|xml|yaml|java/c/c++/c#'
).split('|');

const aliases: Readonly<Record<string, string>> = {
  ...{ text: 'plain text', txt: 'plain text', postgres: 'sql', postgresql: 'sql', psql: 'sql', plpgsql: 'sql' },
  ...{ js: 'javascript', jsx: 'javascript', ts: 'typescript', tsx: 'typescript', py: 'python', rb: 'ruby', rs: 'rust' },
  ...{ sh: 'bash', zsh: 'bash', console: 'shell', yml: 'yaml', md: 'markdown', dockerfile: 'docker', cs: 'c#' },
};

/** Notion's name for the language of a fence, or null. */
export function notionLanguage(info: string): string | null {
  const name = info.toLowerCase().replaceAll('-', ' ');
  const plain = info.toLowerCase();
  const alias = Object.hasOwn(aliases, plain) ? aliases[plain] : undefined;
  return languages.find((known) => known === plain || known === name) ?? alias ?? null;
}

/** The word for it after a fence. */
export const fenceLanguage = (language: string): string => language.replaceAll(' ', '-');
