import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SQL_READ, sanitizeSql, summarizeSql } from '../../src/measure/sql.ts'
import { NO_VECTORS, vectors } from '../vectors.ts'

interface OtelCase {
  readonly name: string
  readonly query: string
  readonly text: readonly string[]
  readonly summary: string
}

interface Fingerprint {
  readonly query: string
  readonly fingerprint: string
}

test('summaries and texts are those of OpenTelemetry', (t) => {
  const known = vectors<{ cases: readonly OtelCase[] }>('sql/otel_sanitize_summary.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  assert.equal(known.cases.length, 36)
  for (const { name, query, text, summary } of known.cases) {
    assert.equal(summarizeSql(query), summary, name)
    assert.ok(text.includes(sanitizeSql(query)), `${name}: ${sanitizeSql(query)}`)
  }
})

// What only a parser of the whole language can know: the order of columns and of conditions, casts, = ANY, that one row
// of values is like many, digits in the middle of a table's name.
const ONLY_PARSED = [
  'INSERT INTO test (b, a) VALUES ($1, $2)',
  'SELECT * FROM x WHERE y = ANY ($1)',
  'SELECT * FROM x WHERE y IN ($1)',
  'SELECT * FROM x WHERE y IN ($1, $2, $3)',
  'SELECT * FROM x WHERE y IN ( $1::uuid, $2::uuid, $3::uuid )',
  'SELECT y, x FROM z',
  "INSERT INTO films (code, title, did) VALUES ('UA502', 'Bananas', 105), ('T_601', 'Yojimbo', DEFAULT)",
  'SELECT * FROM t WHERE t.b = 3 AND t.a IN (1, 2)',
  'SELECT * FROM t_20210302_x',
]

test('what PostgreSQL calls one query has one summary, and one text where only values differ', (t) => {
  const known = vectors<{ cases: readonly Fingerprint[] }>('sql/libpg_query_fingerprints.json')
  if (known === undefined) return t.skip(NO_VECTORS)
  const groups = Map.groupBy(known.cases, ({ fingerprint }) => fingerprint)
  assert.equal(groups.size, 16)
  for (const queries of groups.values()) {
    assert.equal(new Set(queries.map(({ query }) => summarizeSql(query))).size, 1, queries[0]!.query)
    const texts = queries
      .filter(({ query }) => !ONLY_PARSED.includes(query))
      .map(({ query }) => sanitizeSql(query))
    assert.equal(new Set(texts).size, 1, queries[0]!.query)
  }
  const inLists = ['($1)', '($1, $2, $3)', "('a' , -1,0x1F)"].map((list) => sanitizeSql(`y IN ${list}`))
  assert.deepEqual(new Set(inLists), new Set(['y IN (?)']))
})

const SUMMARIES: Readonly<Record<string, string>> = {
  // Joins and lists of tables
  'select a.x, b.y from a left outer join lateral (select 1) s on true, b where a.i in (1, 2)':
    'select a select b',
  'SELECT * FROM a, b AS x, ONLY c JOIN d USING (id, at), e ORDER BY f, g': 'SELECT a b c d e',
  'SELECT * FROM (a JOIN (b CROSS JOIN c) ON a.i = b.i), d GROUP BY x, y': 'SELECT a b c d',
  'SELECT * FROM users u WITH (NOLOCK), orders o OPTION (RECOMPILE)': 'SELECT users orders',
  'SELECT * FROM a STRAIGHT_JOIN b USE INDEX (i, j), c LIMIT 1, 2': 'SELECT a b c',
  'SELECT * FROM orders CROSS APPLY lines(orders.id) l': 'SELECT orders lines',
  'SELECT x.* FROM json_each($1) AS x(key, value), t': 'SELECT json_each t',
  'SELECT EXTRACT(YEAR FROM created), TRIM(BOTH y FROM z), a IS DISTINCT FROM b FROM t': 'SELECT t',
  'SELECT * FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.i = a.i) AND c > 3': 'SELECT a SELECT b',
  '(SELECT a FROM b) UNION ALL (SELECT c FROM d) EXCEPT SELECT e FROM f': 'SELECT b d f',
  'SELECT * FROM (VALUES (1, 2)) AS v(a, b), t': 'SELECT t',
  'SELECT a INTO backup FROM t': 'SELECT backup t',
  "SELECT a FROM t INTO OUTFILE '/x'": 'SELECT t',
  'SELECT * FROM t FOR UPDATE OF t, u': 'SELECT t',
  // Names
  'SELECT * FROM "public"."Users"': 'SELECT public.Users',
  'SELECT * FROM `shop`.`orders` WHERE `a`.`from` = 1': 'SELECT shop.orders',
  'SELECT [a].[b], [Order Id] FROM [db]..[Tab]]le], [dbo] . [T 2]': 'SELECT db..[Tab]]le] dbo.[T 2]',
  'SELECT * FROM "song list"': 'SELECT "song list"',
  'SELECT * FROM #t JOIN ##g ON #t.id = ##g.id': 'SELECT #t ##g',
  'SELECT * FROM events_20260131, v2_log': 'SELECT events_? v2_log',
  'SELECT "a"."from" "x" FROM "b" "join"': 'SELECT b',
  'SELECT from_date FROM fromage': 'SELECT fromage',
  'SELECT * FROM größe': 'SELECT größe',
  'SELECT * FROM (SELECT t."id" "from" from t) x': 'SELECT SELECT t',
  // Common table expressions
  'WITH x AS (SELECT * FROM a), y (i, j) AS MATERIALIZED (SELECT * FROM x) SELECT * FROM x, y, b':
    'SELECT a SELECT SELECT b',
  'WITH RECURSIVE tree AS (SELECT * FROM nodes UNION SELECT n.* FROM nodes n JOIN tree t ON 1=1) SELECT 1 FROM tree':
    'SELECT nodes nodes SELECT',
  'WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone': 'DELETE a INSERT b SELECT',
  ';WITH x AS (SELECT 1) UPDATE t SET a = 1 FROM x': 'SELECT UPDATE t',
  // Writing
  'INSERT IGNORE INTO t (a, b) VALUES (?, ?) ON DUPLICATE KEY UPDATE a = 1, b = VALUES(b)': 'INSERT t',
  'INSERT INTO t (a) SELECT a FROM s ON DUPLICATE KEY UPDATE a = 1, b = 2': 'INSERT t SELECT s',
  'INSERT INTO t VALUES ($1) ON CONFLICT (id) DO UPDATE SET a = excluded.a, b = 2 RETURNING id': 'INSERT t',
  'INSERT dbo.t (a) VALUES (1)': 'INSERT dbo.t',
  'INSERT OR REPLACE INTO t VALUES (1)': 'INSERT t',
  'REPLACE INTO t SET a = REPLACE(b, 1, 2)': 'REPLACE t',
  'UPDATE ONLY t AS x SET a = 1, b = 2 FROM s, r WHERE 1=1': 'UPDATE t s r',
  'UPDATE a, b INNER JOIN c ON 1=1 SET a.x = 1, b.y = 2': 'UPDATE a b c',
  'UPDATE TOP (10) t SET a = 1': 'UPDATE t',
  'UPDATE OR IGNORE t SET a = 1': 'UPDATE t',
  'UPDATE t SET a = (999)': 'UPDATE t',
  'DELETE FROM t USING s, r WHERE t.i = s.i': 'DELETE t s r',
  'DELETE x, y FROM users x JOIN logs y ON 1=1 WHERE x.i IN (SELECT i FROM z)': 'DELETE users logs SELECT z',
  'DELETE t WHERE i IN (SELECT i FROM s)': 'DELETE t SELECT s',
  'MERGE INTO t USING s ON t.i = s.i WHEN MATCHED THEN UPDATE SET a = 1, b = 2 WHEN NOT MATCHED THEN INSERT (a) VALUES (1)':
    'MERGE t s',
  'MERGE t USING (SELECT * FROM s) x ON 1=1 WHEN MATCHED THEN DELETE': 'MERGE t SELECT s',
  // Objects
  'CREATE TEMP TABLE IF NOT EXISTS t AS SELECT * FROM s': 'CREATE TABLE t',
  'CREATE OR REPLACE FUNCTION f(a int) RETURNS int AS $$ BEGIN; DELETE FROM t; END $$ LANGUAGE plpgsql':
    'CREATE FUNCTION f',
  'CREATE TRIGGER g ON t AFTER UPDATE AS BEGIN UPDATE t SET a = 1; DELETE FROM s; END;': 'CREATE TRIGGER g',
  'CREATE MATERIALIZED VIEW v AS SELECT 1; SELECT 2 FROM v': 'CREATE VIEW v SELECT v',
  'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)': 'CREATE INDEX i',
  'CREATE INDEX ON t (a)': 'CREATE INDEX t',
  "CREATE DEFINER='root'@'%' PROCEDURE p() SELECT 1": 'CREATE PROCEDURE p',
  "CREATE USER ann WITH PASSWORD 'secret'": 'CREATE USER ann',
  'DROP TABLE IF EXISTS a, s.b CASCADE': 'DROP TABLE a s.b',
  'ALTER TABLE a ADD x int, ADD y int': 'ALTER TABLE a',
  'TRUNCATE TABLE a, b': 'TRUNCATE a b',
  // Procedures
  "EXEC @result = dbo.find @id = 42, @name = N'x'": 'EXEC dbo.find',
  'CALL archive(?, 1)': 'CALL archive',
  '{call find(?)}': 'call find',
  "EXEC sp_executesql N'SELECT * FROM t'": 'EXEC sp_executesql',
  // Sessions and transactions
  BEGIN: 'BEGIN',
  'BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE': 'BEGIN',
  'START TRANSACTION READ ONLY': 'START TRANSACTION',
  'COMMIT;': 'COMMIT',
  'ROLLBACK TO SAVEPOINT sp_17': 'ROLLBACK',
  'SAVEPOINT sp_17': 'SAVEPOINT',
  'SET search_path TO tenant_7': 'SET',
  'SET NOCOUNT ON; SELECT * FROM t': 'SET SELECT t',
  'SHOW TABLES FROM db': 'SHOW',
  'PRAGMA table_info(users)': 'PRAGMA table_info',
  "COPY t (a, b) FROM STDIN WITH (FORMAT 'csv')": 'COPY t',
  'EXPLAIN (ANALYZE, BUFFERS) UPDATE t SET a = 1': 'EXPLAIN UPDATE t',
  'EXPLAIN QUERY PLAN SELECT * FROM t': 'EXPLAIN SELECT t',
  'GRANT SELECT, UPDATE ON t TO ann': 'GRANT',
  'DECLARE c CURSOR FOR SELECT * FROM t': 'DECLARE SELECT t',
  'SELECT 1; SELECT a FROM b': 'SELECT SELECT b',
  // Comments
  '/* app:shop, user:17 /* nested */ */ SELECT -- x\n a # y\n FROM t': 'SELECT t',
  '-- nothing': '',
  // Broken off, or no SQL
  'SELECT * FROM': 'SELECT',
  'SELECT * FROM a JOIN': 'SELECT a',
  "SELECT 'unfinished FROM t": 'SELECT',
  'INSERT INTO t VALUES (1, ': 'INSERT t',
  ')))) SELECT * FROM t))': 'SELECT t',
  'get user by id': '',
  '': '',
}

test('a summary tells operations and tables in the order in which they are written', () => {
  for (const [query, expected] of Object.entries(SUMMARIES)) {
    assert.equal(summarizeSql(query), expected, query)
  }
})

test('a summary ends with the last name that fits', () => {
  const query = 'SELECT * FROM first_table, second_table, third_table'
  assert.equal(summarizeSql(query, 31), 'SELECT first_table second_table')
  assert.equal(summarizeSql(query, 30), 'SELECT first_table')
})

const TEXTS: Readonly<Record<string, string>> = {
  "SELECT 'a''b', N'c', E'd\\'e', X'1F', b'01', U&'\\0061', _utf8'f'": 'SELECT ?, ?, ?, ?, ?, ?, _utf8?',
  'SELECT $$a$$, $tag$b $$ c$tag$, $1, ?2, :id, @id, @@id, $id': 'SELECT ?, ?, ?, ?, :id, @id, @@id, $id',
  'SELECT 1e5, 0x1F, 1_000, .5, 5., 1.5E-3, $12.50, t1.c2': 'SELECT ?, ?, ?, ?, ?, ?, ?, t1.c2',
  'SELECT a[1], ARRAY[2, 3], b[1:2] FROM [t]': 'SELECT a[?], ARRAY[?, ?], b[?:?] FROM [t]',
  "SELECT a->0, b::int, c#>'{d}'": 'SELECT a->?, b::int, c#>?',
  "UPDATE t SET a = TRUE, b = NULL WHERE c = DATE '2026-01-31'":
    'UPDATE t SET a = ?, b = NULL WHERE c = DATE ?',
  'SELECT "u"."id", "secret" FROM "users" "u" WHERE "u"."name" = "secret"':
    'SELECT "u"."id", ? FROM "users" ? WHERE "u"."name" = ?',
  'SELECT `a b` FROM `t` WHERE x = "it\'s"': 'SELECT `a b` FROM `t` WHERE x = ?',
  'SELECT [Order Id] FROM [dbo].[t]': 'SELECT [Order Id] FROM [dbo].[t]',
  'SELECT a FROM t WHERE b IN (1, 2) AND c IN (:x, 3) AND d IN (SELECT 4)':
    'SELECT a FROM t WHERE b IN (?) AND c IN (:x, ?) AND d IN (SELECT ?)',
  // In MySQL the text goes on, elsewhere it has ended: nobody can say which.
  "SELECT a FROM t WHERE b = 'C:\\' AND c = 'secret'": 'SELECT a FROM t WHERE b = ?',
  "SELECT q'[it's secret]' FROM t": 'SELECT ?',
  "SELECT [it's], 'secret' FROM t": 'SELECT ?',
  "SELECT 'unfinished": 'SELECT ?',
}

test('a text keeps everything but values and comments', () => {
  for (const [query, expected] of Object.entries(TEXTS)) assert.equal(sanitizeSql(query), expected, query)
})

test('of a long query only the beginning is read, and no half of a name is told', () => {
  const start = `SELECT * FROM ${' '.repeat(SQL_READ - 20)}`
  const query = `${start}customers WHERE secret = 7`
  assert.equal(summarizeSql(query), 'SELECT')
  assert.equal(sanitizeSql(query), `${start}?…`)
})

test('a bulk insert is named without reading its values', () => {
  const values = Array.from({ length: 200 }, () => "(1, 'x', (SELECT max(i) FROM s))")
  assert.equal(
    summarizeSql(`INSERT INTO t VALUES ${values.slice(0, 2).join()}`),
    'INSERT t SELECT s SELECT s',
  )
  assert.equal(summarizeSql(`INSERT INTO t VALUES ${values.join()}`), 'INSERT t')
})
