import { SafeMap, SafeSet } from '../ground/safe-map.ts'

/** How the words after a statement's first one are read. */
export type Statement =
  | 'select'
  | 'insert'
  | 'update'
  | 'delete'
  | 'merge'
  | 'with'
  /** Says something about the statement that follows it. */
  | 'explain'
  /** The kind of thing, then its name. */
  | 'object'
  /** A name at once. */
  | 'named'
  | 'routine'
  /** No name that is worth telling; a query may follow. */
  | 'bare'
  /** Nothing that follows is an operation, whatever it is called. */
  | 'closed'

const byStatement: Readonly<Record<Statement, string>> = {
  select: 'SELECT',
  insert: 'INSERT REPLACE',
  update: 'UPDATE',
  delete: 'DELETE',
  merge: 'MERGE',
  with: 'WITH',
  explain: 'EXPLAIN DESCRIBE DESC',
  object: 'CREATE ALTER DROP',
  named: 'TRUNCATE LOCK ANALYZE OPTIMIZE REFRESH COPY VACUUM REINDEX CLUSTER PRAGMA TABLE',
  routine: 'EXEC EXECUTE CALL',
  bare:
    'BEGIN START COMMIT ROLLBACK ABORT END SAVEPOINT RELEASE SAVE SET RESET SHOW USE VALUES PREPARE DEALLOCATE ' +
    'DECLARE OPEN FETCH MOVE CLOSE CHECKPOINT ATTACH DETACH IF WHILE RETURN LOAD IMPORT',
  closed:
    'GRANT REVOKE DENY DO LISTEN NOTIFY UNLISTEN UNLOCK KILL FLUSH DISCARD COMMENT BACKUP RESTORE PRINT WAITFOR ' +
    'DBCC HANDLER REPAIR RENAME SECURITY XA',
}

export const STATEMENTS: ReadonlyMap<string, Statement> = new SafeMap(
  Object.entries(byStatement).flatMap(([statement, list]) =>
    list.split(' ').map((word) => [word, statement as Statement] as const),
  ),
)

/** What can be created, altered and dropped. */
export const OBJECTS: ReadonlySet<string> = words(
  'TABLE VIEW INDEX DATABASE SCHEMA SEQUENCE USER ROLE LOGIN GROUP TYPE DOMAIN EXTENSION POLICY SYNONYM COLLATION ' +
    'AGGREGATE OPERATOR SERVER TABLESPACE PUBLICATION SUBSCRIPTION PROCEDURE PROC FUNCTION TRIGGER EVENT RULE PACKAGE',
)

/** Objects with a body: statements of their own, with semicolons between them. */
export const WITH_BODY: ReadonlySet<string> = words('PROCEDURE PROC FUNCTION TRIGGER EVENT RULE PACKAGE')

/** End a list of tables, so that the commas after them separate something else. */
export const CLAUSES: ReadonlySet<string> = words(
  'WHERE SET GROUP ORDER HAVING LIMIT OFFSET FETCH WINDOW RETURNING OUTPUT FOR VALUES WHEN OPTION QUALIFY UNION ' +
    'INTERSECT EXCEPT MINUS CONFLICT DUPLICATE UPDATE',
)

/** Join two queries; the second one's SELECT is the same operation. */
export const SET_OPERATORS: ReadonlySet<string> = words('UNION INTERSECT EXCEPT MINUS')

export function words(list: string): ReadonlySet<string> {
  return new SafeSet(list.split(' '))
}
