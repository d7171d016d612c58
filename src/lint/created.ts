import type { Node } from '@pgsql/types';
import { as, kindOf, kindsOf, type Name, nameIn, nameOf, type NodeKind, type NodeOf } from './nodes.ts';

/** The name that a statement gives to what it creates, or renames to it. */
export function createdBy(node: Node): Name | undefined {
  const kind = kindOf(node);
  const find = makers[kind] as ((statement: unknown) => Name | undefined) | undefined;
  return find?.(as(node, kind));
}

const makers: { readonly [K in NodeKind]?: (statement: NodeOf<K>) => Name | undefined } = {
  CreateStmt: ({ relation }) => relation && nameOf(relation),
  CreateTableAsStmt: ({ into }) => into?.rel && nameOf(into.rel),
  ViewStmt: ({ view }) => view && nameOf(view),
  CreateSeqStmt: ({ sequence }) => sequence && nameOf(sequence),
  CreateFunctionStmt: ({ funcname }) => nameIn(funcname),
  DefineStmt: ({ defnames }) => nameIn(defnames),
  CreateEnumStmt: ({ typeName }) => nameIn(typeName),
  CreateRangeStmt: ({ typeName }) => nameIn(typeName),
  CreateDomainStmt: ({ domainname }) => nameIn(domainname),
  CompositeTypeStmt: ({ typevar }) => typevar && nameOf(typevar),
  CreateExtensionStmt: ({ extname = '' }) => ({ schema: null, name: extname }),
  RenameStmt: ({ relation, object, newname = '' }) => {
    const schema = relation ? nameOf(relation).schema : nameIn(as(object, 'List')?.items).schema;
    return { schema, name: newname };
  },
};

/** The statements that give a name. */
export const namingKinds = kindsOf(makers);
