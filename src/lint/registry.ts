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
import { alterSystem } from './rules/alter-system.ts';
import { attachPartitionScan } from './rules/attach-partition-scan.ts';
import { banChar } from './rules/ban-char.ts';
import { banMoney } from './rules/ban-money.ts';
import { checkWithoutNotValid } from './rules/check-without-not-valid.ts';
import { columnAlignment } from './rules/column-alignment.ts';
import { combineAlterTable } from './rules/combine-alter-table.ts';
import { concurrentIndexCorruptionPg14 } from './rules/concurrent-index-corruption-pg14.ts';
import { concurrentIndexIfNotExists } from './rules/concurrent-index-if-not-exists.ts';
import { concurrentIndexUnderStatementTimeout } from './rules/concurrent-index-under-statement-timeout.ts';
import { createDomainWithConstraint } from './rules/create-domain-with-constraint.ts';
import { createEnum } from './rules/create-enum.ts';
import { createIndexNonConcurrent } from './rules/create-index-non-concurrent.ts';
import { createPartitionOfLock } from './rules/create-partition-of-lock.ts';
import { createPolicyRestrictive } from './rules/create-policy-restrictive.ts';
import { createTableAs } from './rules/create-table-as.ts';
import { detachPartitionNonConcurrent } from './rules/detach-partition-non-concurrent.ts';
import { disableAutovacuum } from './rules/disable-autovacuum.ts';
import { disableTrigger } from './rules/disable-trigger.ts';
import { dropCascade } from './rules/drop-cascade.ts';
import { dropColumn } from './rules/drop-column.ts';
import { dropConstraint } from './rules/drop-constraint.ts';
import { dropDatabase } from './rules/drop-database.ts';
import { dropDefaultAfterAddNotNull } from './rules/drop-default-after-add-not-null.ts';
import { dropIndexBeforeReplacement } from './rules/drop-index-before-replacement.ts';
import { dropIndexNonConcurrent } from './rules/drop-index-non-concurrent.ts';
import { dropNotNull } from './rules/drop-not-null.ts';
import { dropObject } from './rules/drop-object.ts';
import { dropSchema } from './rules/drop-schema.ts';
import { dropTable } from './rules/drop-table.ts';
import { duplicateColumn } from './rules/duplicate-column.ts';
import { enableRlsWithoutPolicy } from './rules/enable-rls-without-policy.ts';
import { enumValueOrder } from './rules/enum-value-order.ts';
import { enumValueUsedInTransaction } from './rules/enum-value-used-in-transaction.ts';
import { fkTypeMismatch } from './rules/fk-type-mismatch.ts';
import { fkWithoutIndex } from './rules/fk-without-index.ts';
import { forbidNullableFk } from './rules/forbid-nullable-fk.ts';
import { foreignKeyWithoutNotValid } from './rules/foreign-key-without-not-valid.ts';
import { grantToPublic } from './rules/grant-to-public.ts';
import { identifierTooLong } from './rules/identifier-too-long.ts';
import { intPrimaryKey } from './rules/int-primary-key.ts';
import { lockTable } from './rules/lock-table.ts';
import { lockTimeoutTooLong } from './rules/lock-timeout-too-long.ts';
import { locksMultipleTables } from './rules/locks-multiple-tables.ts';
import { longStatementWhileLocked } from './rules/long-statement-while-locked.ts';
import { namingConvention } from './rules/naming-convention.ts';
import { notAllowedInTransaction } from './rules/not-allowed-in-transaction.ts';
import { opaqueDynamicSql } from './rules/opaque-dynamic-sql.ts';
import { ownerChange } from './rules/owner-change.ts';
import { preferBigint } from './rules/prefer-bigint.ts';
import { preferIdentity } from './rules/prefer-identity.ts';
import { preferIfExists } from './rules/prefer-if-exists.ts';
import { preferText } from './rules/prefer-text.ts';
import { preferTimestamptz } from './rules/prefer-timestamptz.ts';
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
import { requireApplicationName } from './rules/require-application-name.ts';
import { requireColumns } from './rules/require-columns.ts';
import { requireComment } from './rules/require-comment.ts';
import { requireIdleTimeout } from './rules/require-idle-timeout.ts';
import { requireLockTimeout } from './rules/require-lock-timeout.ts';
import { requireNotNull } from './rules/require-not-null.ts';
import { requirePrimaryKey } from './rules/require-primary-key.ts';
import { requireSchemaQualified } from './rules/require-schema-qualified.ts';
import { requireStatementTimeout } from './rules/require-statement-timeout.ts';
import { revokePrivilege } from './rules/revoke-privilege.ts';
import { sequenceRestart } from './rules/sequence-restart.ts';
import { setAccessMethod } from './rules/set-access-method.ts';
import { setLocalOutsideTransaction } from './rules/set-local-outside-transaction.ts';
import { setLoggedUnlogged } from './rules/set-logged-unlogged.ts';
import { setNotNull } from './rules/set-not-null.ts';
import { setSchema } from './rules/set-schema.ts';
import { setTablespace } from './rules/set-tablespace.ts';
import { transactionNesting } from './rules/transaction-nesting.ts';
import { triggerLock } from './rules/trigger-lock.ts';
import { truncateTable } from './rules/truncate-table.ts';
import { unboundedDelete } from './rules/unbounded-delete.ts';
import { unboundedUpdate } from './rules/unbounded-update.ts';
import { unclosedTransaction } from './rules/unclosed-transaction.ts';
import { uniqueIndexDataDependent } from './rules/unique-index-data-dependent.ts';
import { unknownIgnoredRule } from './rules/unknown-ignored-rule.ts';
import { unsupportedOperation } from './rules/unsupported-operation.ts';
import { unusedIgnore } from './rules/unused-ignore.ts';
import { vacuumFullOrCluster } from './rules/vacuum-full-or-cluster.ts';
import { validateInSameTransaction } from './rules/validate-in-same-transaction.ts';
import { wideIndex } from './rules/wide-index.ts';

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
  alterSystem,
  attachPartitionScan,
  banChar,
  banMoney,
  checkWithoutNotValid,
  columnAlignment,
  combineAlterTable,
  concurrentIndexCorruptionPg14,
  concurrentIndexIfNotExists,
  concurrentIndexUnderStatementTimeout,
  createDomainWithConstraint,
  createEnum,
  createIndexNonConcurrent,
  createPartitionOfLock,
  createPolicyRestrictive,
  createTableAs,
  detachPartitionNonConcurrent,
  disableAutovacuum,
  disableTrigger,
  dropCascade,
  dropColumn,
  dropConstraint,
  dropDatabase,
  dropDefaultAfterAddNotNull,
  dropIndexBeforeReplacement,
  dropIndexNonConcurrent,
  dropNotNull,
  dropObject,
  dropSchema,
  dropTable,
  duplicateColumn,
  enableRlsWithoutPolicy,
  enumValueOrder,
  enumValueUsedInTransaction,
  fkTypeMismatch,
  fkWithoutIndex,
  forbidNullableFk,
  foreignKeyWithoutNotValid,
  grantToPublic,
  identifierTooLong,
  intPrimaryKey,
  lockTable,
  lockTimeoutTooLong,
  locksMultipleTables,
  longStatementWhileLocked,
  namingConvention,
  notAllowedInTransaction,
  opaqueDynamicSql,
  ownerChange,
  preferBigint,
  preferIdentity,
  preferIfExists,
  preferText,
  preferTimestamptz,
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
  requireApplicationName,
  requireColumns,
  requireComment,
  requireIdleTimeout,
  requireLockTimeout,
  requireNotNull,
  requirePrimaryKey,
  requireSchemaQualified,
  requireStatementTimeout,
  revokePrivilege,
  sequenceRestart,
  setAccessMethod,
  setLocalOutsideTransaction,
  setLoggedUnlogged,
  setNotNull,
  setSchema,
  setTablespace,
  transactionNesting,
  triggerLock,
  truncateTable,
  unboundedDelete,
  unboundedUpdate,
  unclosedTransaction,
  uniqueIndexDataDependent,
  unknownIgnoredRule,
  unsupportedOperation,
  unusedIgnore,
  vacuumFullOrCluster,
  validateInSameTransaction,
  wideIndex,
];
