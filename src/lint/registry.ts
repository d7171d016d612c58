import type { Rule } from './rule.ts';
import { addColumnAutoIncrement } from './rules/add-column-auto-increment.ts';
import { addColumnConstrainedDomain } from './rules/add-column-constrained-domain.ts';
import { addColumnNotNullNoDefault } from './rules/add-column-not-null-no-default.ts';
import { addColumnRewriteDefault } from './rules/add-column-rewrite-default.ts';
import { addColumnStoredGenerated } from './rules/add-column-stored-generated.ts';
import { addExclusionConstraint } from './rules/add-exclusion-constraint.ts';
import { addJsonColumn } from './rules/add-json-column.ts';
import { addPrimaryKey } from './rules/add-primary-key.ts';
import { addUniqueConstraint } from './rules/add-unique-constraint.ts';
import { alterColumnType } from './rules/alter-column-type.ts';
import { alterConstraintEnforced } from './rules/alter-constraint-enforced.ts';
import { alterDomainConstraint } from './rules/alter-domain-constraint.ts';
import { alterExtensionUpdate } from './rules/alter-extension-update.ts';
import { alterGeneratedExpression } from './rules/alter-generated-expression.ts';
import { attachPartitionScan } from './rules/attach-partition-scan.ts';
import { checkWithoutNotValid } from './rules/check-without-not-valid.ts';
import { concurrentIndexUnderStatementTimeout } from './rules/concurrent-index-under-statement-timeout.ts';
import { createIndexNonConcurrent } from './rules/create-index-non-concurrent.ts';
import { detachPartitionNonConcurrent } from './rules/detach-partition-non-concurrent.ts';
import { disableAutovacuum } from './rules/disable-autovacuum.ts';
import { disableTrigger } from './rules/disable-trigger.ts';
import { dropCascade } from './rules/drop-cascade.ts';
import { dropColumn } from './rules/drop-column.ts';
import { dropConstraint } from './rules/drop-constraint.ts';
import { dropDatabase } from './rules/drop-database.ts';
import { dropDefaultAfterAddNotNull } from './rules/drop-default-after-add-not-null.ts';
import { dropIndexNonConcurrent } from './rules/drop-index-non-concurrent.ts';
import { dropNotNull } from './rules/drop-not-null.ts';
import { dropObject } from './rules/drop-object.ts';
import { dropSchema } from './rules/drop-schema.ts';
import { dropTable } from './rules/drop-table.ts';
import { duplicateColumn } from './rules/duplicate-column.ts';
import { enableRlsWithoutPolicy } from './rules/enable-rls-without-policy.ts';
import { enumValueUsedInTransaction } from './rules/enum-value-used-in-transaction.ts';
import { foreignKeyWithoutNotValid } from './rules/foreign-key-without-not-valid.ts';
import { identifierTooLong } from './rules/identifier-too-long.ts';
import { intPrimaryKey } from './rules/int-primary-key.ts';
import { lockTable } from './rules/lock-table.ts';
import { locksMultipleTables } from './rules/locks-multiple-tables.ts';
import { longStatementWhileLocked } from './rules/long-statement-while-locked.ts';
import { notAllowedInTransaction } from './rules/not-allowed-in-transaction.ts';
import { primaryKeyUsingNullableIndex } from './rules/primary-key-using-nullable-index.ts';
import { publicationAllTables } from './rules/publication-all-tables.ts';
import { refreshMatviewNonConcurrent } from './rules/refresh-matview-non-concurrent.ts';
import { reindexNonConcurrent } from './rules/reindex-non-concurrent.ts';
import { renameColumn } from './rules/rename-column.ts';
import { renameEnumValue } from './rules/rename-enum-value.ts';
import { renameObject } from './rules/rename-object.ts';
import { renameSchema } from './rules/rename-schema.ts';
import { renameTable } from './rules/rename-table.ts';
import { replicaIdentity } from './rules/replica-identity.ts';
import { revokePrivilege } from './rules/revoke-privilege.ts';
import { sequenceRestart } from './rules/sequence-restart.ts';
import { setAccessMethod } from './rules/set-access-method.ts';
import { setLocalOutsideTransaction } from './rules/set-local-outside-transaction.ts';
import { setLoggedUnlogged } from './rules/set-logged-unlogged.ts';
import { setNotNull } from './rules/set-not-null.ts';
import { setSchema } from './rules/set-schema.ts';
import { setTablespace } from './rules/set-tablespace.ts';
import { transactionNesting } from './rules/transaction-nesting.ts';
import { truncateTable } from './rules/truncate-table.ts';
import { unboundedDelete } from './rules/unbounded-delete.ts';
import { unboundedUpdate } from './rules/unbounded-update.ts';
import { unclosedTransaction } from './rules/unclosed-transaction.ts';
import { unknownIgnoredRule } from './rules/unknown-ignored-rule.ts';
import { unsupportedOperation } from './rules/unsupported-operation.ts';
import { unusedIgnore } from './rules/unused-ignore.ts';
import { vacuumFullOrCluster } from './rules/vacuum-full-or-cluster.ts';
import { validateInSameTransaction } from './rules/validate-in-same-transaction.ts';

/** Every rule, by its name. */
export const rules: readonly Rule[] = [
  addColumnAutoIncrement,
  addColumnConstrainedDomain,
  addColumnNotNullNoDefault,
  addColumnRewriteDefault,
  addColumnStoredGenerated,
  addExclusionConstraint,
  addJsonColumn,
  addPrimaryKey,
  addUniqueConstraint,
  alterColumnType,
  alterConstraintEnforced,
  alterDomainConstraint,
  alterExtensionUpdate,
  alterGeneratedExpression,
  attachPartitionScan,
  checkWithoutNotValid,
  concurrentIndexUnderStatementTimeout,
  createIndexNonConcurrent,
  detachPartitionNonConcurrent,
  disableAutovacuum,
  disableTrigger,
  dropCascade,
  dropColumn,
  dropConstraint,
  dropDatabase,
  dropDefaultAfterAddNotNull,
  dropIndexNonConcurrent,
  dropNotNull,
  dropObject,
  dropSchema,
  dropTable,
  duplicateColumn,
  enableRlsWithoutPolicy,
  enumValueUsedInTransaction,
  foreignKeyWithoutNotValid,
  identifierTooLong,
  intPrimaryKey,
  lockTable,
  locksMultipleTables,
  longStatementWhileLocked,
  notAllowedInTransaction,
  primaryKeyUsingNullableIndex,
  publicationAllTables,
  refreshMatviewNonConcurrent,
  reindexNonConcurrent,
  renameColumn,
  renameEnumValue,
  renameObject,
  renameSchema,
  renameTable,
  replicaIdentity,
  revokePrivilege,
  sequenceRestart,
  setAccessMethod,
  setLocalOutsideTransaction,
  setLoggedUnlogged,
  setNotNull,
  setSchema,
  setTablespace,
  transactionNesting,
  truncateTable,
  unboundedDelete,
  unboundedUpdate,
  unclosedTransaction,
  unknownIgnoredRule,
  unsupportedOperation,
  unusedIgnore,
  vacuumFullOrCluster,
  validateInSameTransaction,
];
