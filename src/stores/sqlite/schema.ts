import { YardstickError } from '../../ground/errors.ts'
import type { Database } from './database.ts'
import { APPLICATION_ID, checkOwner } from './ownership.ts'

/**
 * What leads from one version of the tables to the next; the number of steps done is kept in `user_version`. A
 * released step is never changed, only followed by another.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE services (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    service INTEGER NOT NULL,
    component TEXT NOT NULL,
    name TEXT NOT NULL,
    nested INTEGER NOT NULL,
    UNIQUE (service, component, name, nested)
  ) STRICT;

  -- The finest tier: one row an instance and flush.
  CREATE TABLE flushes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    service INTEGER NOT NULL,
    instance TEXT NOT NULL,
    flush INTEGER NOT NULL,
    from_ms REAL NOT NULL,
    to_ms REAL NOT NULL,
    slices BLOB NOT NULL,
    UNIQUE (service, instance, flush)
  ) STRICT;
  CREATE INDEX flushes_by_end ON flushes (to_ms, service);

  -- The folded tiers: a service's sum over a slot, never changed (a late flush makes a new one with a new id).
  CREATE TABLE cells (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    service INTEGER NOT NULL,
    tier_ms INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    from_ms REAL NOT NULL,
    to_ms REAL NOT NULL,
    UNIQUE (tier_ms, slot, service)
  ) STRICT;
  CREATE TABLE counts (
    cell INTEGER NOT NULL,
    series INTEGER NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (cell, series)
  ) STRICT, WITHOUT ROWID;

  -- The flush numbers that were taken in and are no rows any more.
  CREATE TABLE instances (
    service INTEGER NOT NULL,
    instance TEXT NOT NULL,
    folded TEXT NOT NULL,
    seen_ms REAL NOT NULL,
    PRIMARY KEY (service, instance)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX instances_by_seen ON instances (seen_ms);

  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    service INTEGER NOT NULL,
    at_ms REAL NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_by_time ON events (at_ms, id, service);

  CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    token INTEGER NOT NULL,
    duration_ms REAL NOT NULL,
    until_ms REAL NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Events of the first version have no id of their own.
  ALTER TABLE events ADD COLUMN key TEXT;
  UPDATE events SET key = 'row ' || id;
  CREATE UNIQUE INDEX events_by_key ON events (service, key);

  -- Who saved a flush, and when by the clock of the file (it never goes back). Beside the flushes: behind their
  -- slices a reader would have to go through those. One of the first version has none.
  CREATE TABLE presences (flush INTEGER PRIMARY KEY, came_ms REAL NOT NULL, presence BLOB NOT NULL) STRICT;

  -- All slices of a cell in one blob, where the tier is too fine for a row a series.
  ALTER TABLE cells ADD COLUMN slices BLOB;

  -- Cells that are gone, whose counts are still to be deleted: a few at a time, since a quarter hour has thousands.
  CREATE TABLE emptied (cell INTEGER PRIMARY KEY) STRICT;

  CREATE TABLE fences (service INTEGER PRIMARY KEY, token INTEGER NOT NULL) STRICT;
  CREATE TABLE snapshots (
    service INTEGER PRIMARY KEY,
    at_ms REAL NOT NULL,
    token INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE asks (service INTEGER PRIMARY KEY, until_ms REAL NOT NULL) STRICT;

  CREATE TABLE claims (
    service INTEGER NOT NULL,
    key TEXT NOT NULL,
    at_ms REAL NOT NULL,
    PRIMARY KEY (service, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX claims_by_time ON claims (at_ms);
  `,
]

/**
 * Brings the tables of an open file up to date; processes that start together do it one after the other. Also
 * proves that the file can be written.
 *
 * @throws YardstickError `YS_STORE_SCHEMA` if they are newer than `migrations`, `YS_STORE_OPEN` if the file
 * holds somebody else's tables
 */
export function migrate(db: Database, path: string, migrations: readonly string[] = MIGRATIONS): void {
  db.write(() => {
    const version = db.pragma('user_version')
    checkOwner(db, path)
    checkVersion(version, path, migrations.length)
    for (const step of migrations.slice(version)) db.exec(step)
    if (version === migrations.length) return
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}`)
  })
}

/** Whether a newer Yardstick has brought the tables forward. */
export function isNewer(version: number): boolean {
  return version > MIGRATIONS.length
}

/** @throws YardstickError `YS_STORE_SCHEMA` if the version is newer than what is known here */
export function checkVersion(version: number, path: string, known: number = MIGRATIONS.length): void {
  if (version <= known) return
  throw new YardstickError(
    'YS_STORE_SCHEMA',
    `${path} has tables of version ${version}, this Yardstick knows up to ${known}: ` +
      'use the newer Yardstick that wrote it, or another path',
  )
}
