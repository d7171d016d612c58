import type { ColumnDef, Constraint } from '@pgsql/types';
import { walk } from '../sql/expressions.ts';
import { all, as, contains, isOn, kindOf, type NodeKind, type NodeOf, optionOf, strings } from './nodes.ts';
import type { Context } from './rule.ts';
import { constraintsOf } from './world/define-column.ts';

/** Something that PostgreSQL has from a version on. */
export interface Feature {
  readonly what: string;
  readonly since: number;
}

/** What in a statement the server is too old for. */
export function tooNew(context: Context): readonly Feature[] {
  const kind = kindOf(context.node);
  const find = features[kind] as ((statement: unknown) => readonly (Feature | false)[]) | undefined;
  const found = [...(find?.(as(context.node, kind)) ?? []), ...newInside(context)];
  return found.filter((feature): feature is Feature => feature !== false && feature.since > context.pg);
}

const when = (condition: boolean | undefined, since: number, what: string): Feature | false =>
  condition === true && { what, since };

const features: { readonly [K in NodeKind]?: (statement: NodeOf<K>) => readonly (Feature | false)[] } = {
  MergeStmt: ({ returningClause }) => [
    when(true, 15, 'MERGE'),
    when(returningClause !== undefined, 17, 'RETURNING of MERGE'),
  ],
  IndexStmt: ({ nulls_not_distinct: nulls }) => [when(nulls, 15, 'NULLS NOT DISTINCT')],
  ReindexStmt: ({ params }) => [
    when(isOn(optionOf(params, 'concurrently')), 12, 'REINDEX CONCURRENTLY'),
    when(optionOf(params, 'tablespace') !== undefined, 14, 'REINDEX (TABLESPACE …)'),
  ],
  CreateStmt: ({ tableElts }) => [
    ...all(tableElts, 'ColumnDef').flatMap(ofColumn),
    ...all(tableElts, 'Constraint').flatMap((constraint) => ofConstraint(constraint, true)),
  ],
  AlterTableStmt: ({ cmds }) =>
    all(cmds, 'AlterTableCmd').flatMap(({ subtype, def }) => {
      const [column, constraint, alter] = [as(def, 'ColumnDef'), as(def, 'Constraint'), as(def, 'ATAlterConstraint')];
      return [
        ...(column && subtype === 'AT_AddColumn' ? ofColumn(column) : []),
        ...(constraint && subtype === 'AT_AddConstraint' ? ofConstraint(constraint, true) : []),
        when(subtype === 'AT_SetExpression', 17, 'SET EXPRESSION'),
        when(subtype === 'AT_SetAccessMethod', 15, 'SET ACCESS METHOD'),
        when(subtype === 'AT_SetCompression', 14, 'SET COMPRESSION'),
        when(subtype === 'AT_DropExpression', 13, 'DROP EXPRESSION'),
        when(
          subtype === 'AT_DetachPartition' && as(def, 'PartitionCmd')?.concurrent,
          14,
          'DETACH PARTITION CONCURRENTLY',
        ),
        when(subtype === 'AT_DetachPartitionFinalize', 14, 'DETACH PARTITION FINALIZE'),
        when(alter?.alterEnforceability, 18, 'ALTER CONSTRAINT … ENFORCED'),
      ];
    }),
  AlterDomainStmt: ({ def }) => [
    when(as(def, 'Constraint')?.contype === 'CONSTR_NOTNULL', 17, 'ALTER DOMAIN … ADD NOT NULL'),
  ],
  ViewStmt: ({ options }) => [when(optionOf(options, 'security_invoker') !== undefined, 15, 'security_invoker')],
  CreatePublicationStmt: ({ pubobjects }) => [
    when(
      all(pubobjects, 'PublicationObjSpec').some(({ pubobjtype }) => pubobjtype?.includes('SCHEMA')),
      15,
      'FOR TABLES IN SCHEMA',
    ),
  ],
  CreateFunctionStmt: ({ sql_body: body }) => [when(body !== undefined, 14, 'an SQL function body that is no string')],
  CreateStatsStmt: ({ exprs }) => [
    when(
      all(exprs, 'StatsElem').some(({ expr }) => expr !== undefined),
      14,
      'CREATE STATISTICS of an expression',
    ),
  ],
  VariableSetStmt: ({ name }) => [when(name?.toLowerCase() === 'transaction_timeout', 17, 'transaction_timeout')],
};

function ofColumn(column: ColumnDef): readonly (Feature | false)[] {
  const constraints = constraintsOf(column);
  const generated = constraints.find(({ contype }) => contype === 'CONSTR_GENERATED');
  return [
    when(generated?.generated_kind === 's', 12, 'GENERATED … STORED'),
    when(generated !== undefined && generated.generated_kind !== 's', 18, 'a VIRTUAL generated column'),
    when(
      constraints.some(({ contype }) => contype === 'CONSTR_ATTR_NOT_ENFORCED'),
      18,
      'NOT ENFORCED',
    ),
    ...constraints.flatMap((constraint) => ofConstraint(constraint, false)),
  ];
}

function ofConstraint(constraint: Constraint, ofTable: boolean): readonly (Feature | false)[] {
  const { contype, skip_validation: skipped, is_enforced: enforced } = constraint;
  const enforceable = contype === 'CONSTR_CHECK' || contype === 'CONSTR_FOREIGN';
  return [
    when(
      ofTable && contype === 'CONSTR_NOTNULL',
      18,
      skipped ? 'NOT NULL … NOT VALID' : 'NOT NULL as a constraint of the table',
    ),
    when(enforceable && skipped === true && enforced !== true, 18, 'NOT ENFORCED'),
    when(constraint.nulls_not_distinct, 15, 'NULLS NOT DISTINCT'),
    when(constraint.without_overlaps === true || constraint.fk_with_period === true, 18, 'WITHOUT OVERLAPS and PERIOD'),
    when((constraint.fk_del_set_cols ?? []).length > 0, 15, 'ON DELETE SET NULL of some columns'),
  ];
}

const kindsSince: Readonly<Record<string, readonly [since: number, what: string]>> = {
  ...{ JsonTable: [17, 'JSON_TABLE'], JsonFuncExpr: [17, 'JSON_EXISTS, JSON_QUERY and JSON_VALUE'] },
  ...{ JsonIsPredicate: [16, 'IS JSON'], JsonObjectConstructor: [16, 'JSON_OBJECT'] },
  ...{ JsonArrayConstructor: [16, 'JSON_ARRAY'], JsonArrayQueryConstructor: [16, 'JSON_ARRAY'] },
  ...{ JsonObjectAgg: [16, 'JSON_OBJECTAGG'], JsonArrayAgg: [16, 'JSON_ARRAYAGG'] },
};

/** Syntax that may stand in any query. */
function newInside({ node }: Context): readonly Feature[] {
  const found = new Map<string, Feature>();
  walk([node], (kind, inner) => {
    const [since, what] = (Object.hasOwn(kindsSince, kind) ? kindsSince[kind] : undefined) ?? [];
    if (since !== undefined && what !== undefined) found.set(what, { what, since });
    if (kind === 'returningClause' && readsBoth(inner) && !renames([node]))
      found.set('OLD', { what: 'RETURNING OLD and NEW', since: 18 });
  });
  return [...found.values()];
}

const isOldOrNew = (name: string | undefined): boolean => name === 'old' || name === 'new';

const readsBoth = (returning: unknown): boolean =>
  contains(returning, 'ColumnRef', ({ fields = [] }) => fields.length > 1 && isOldOrNew(strings(fields)[0]));

/** Some table is called so in the statement itself. */
const renames = (tree: unknown): boolean => contains(tree, 'RangeVar', ({ alias }) => isOldOrNew(alias?.aliasname));
