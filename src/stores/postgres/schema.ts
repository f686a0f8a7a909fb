import { LANES } from './lanes.ts'

const lanes = Array.from({ length: LANES }, (_, lane) => {
  // Filled for a minute, emptied at once: there is nothing in it that vacuuming would ever find.
  const unattended = 'autovacuum_enabled = false, toast.autovacuum_enabled = false'
  return `CREATE TABLE flushes_${lane} PARTITION OF flushes FOR VALUES IN (${lane}) WITH (${unattended});`
})

/**
 * What brings the tables from one version to the next. Released steps are never changed. Every key begins with the
 * service: the distribution key where tables are spread over machines (Citus).
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- One row an instance, written by that instance only: which flushes were taken in. Updated in place (no index has
  -- a column that changes more often than hourly).
  CREATE TABLE instances (
    service text COLLATE "C" NOT NULL,
    instance text COLLATE "C" NOT NULL,
    saved int8multirange NOT NULL,
    last_flush bigint NOT NULL,
    seen_ms double precision NOT NULL,
    seen_hour integer NOT NULL,
    PRIMARY KEY (service, instance)
  ) WITH (fillfactor = 50);
  CREATE INDEX instances_by_hour ON instances (service, seen_hour);

  -- Flushes as they came in, by the minute of their arrival.
  CREATE TABLE flushes (
    service text COLLATE "C" NOT NULL,
    instance text COLLATE "C" NOT NULL,
    flush bigint NOT NULL,
    lane smallint NOT NULL,
    in_ms double precision NOT NULL,
    from_ms double precision NOT NULL,
    to_ms double precision NOT NULL,
    slices bytea NOT NULL,
    presence bytea NOT NULL,
    PRIMARY KEY (service, instance, flush, lane)
  ) PARTITION BY LIST (lane);
  ALTER TABLE flushes ALTER COLUMN slices SET STORAGE EXTERNAL;
  ALTER TABLE flushes ALTER COLUMN presence SET STORAGE EXTERNAL;
  ${lanes.join('\n  ')}

  -- Sums of all instances: of 5 seconds in one value, of a minute and a quarter of an hour with a row a series.
  CREATE TABLE cells (
    service text COLLATE "C" NOT NULL,
    tier_ms integer NOT NULL,
    slot bigint NOT NULL,
    from_ms double precision NOT NULL,
    to_ms double precision NOT NULL,
    slices bytea,
    PRIMARY KEY (service, tier_ms, slot)
  );
  ALTER TABLE cells ALTER COLUMN slices SET STORAGE EXTERNAL;
  CREATE INDEX cells_by_slot ON cells (tier_ms, slot);
  CREATE TABLE counts (
    service text COLLATE "C" NOT NULL,
    tier_ms integer NOT NULL,
    slot bigint NOT NULL,
    series integer NOT NULL,
    component text NOT NULL,
    name text NOT NULL,
    nested boolean NOT NULL,
    packed bytea NOT NULL,
    PRIMARY KEY (service, tier_ms, slot, series)
  );

  CREATE TABLE events (
    service text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    n bigint GENERATED ALWAYS AS IDENTITY,
    at_ms double precision NOT NULL,
    kind text NOT NULL,
    data text NOT NULL,
    PRIMARY KEY (service, id)
  );
  CREATE INDEX events_by_time ON events (service, at_ms, n);
  CREATE INDEX events_by_age ON events USING brin (at_ms);

  CREATE TABLE claims (
    service text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    at_ms double precision NOT NULL,
    PRIMARY KEY (service, key)
  );
  CREATE INDEX claims_by_age ON claims USING brin (at_ms);

  CREATE TABLE fences (service text COLLATE "C" PRIMARY KEY, token bigint NOT NULL) WITH (fillfactor = 50);
  CREATE TABLE snapshots (
    service text COLLATE "C" PRIMARY KEY,
    at_ms double precision NOT NULL,
    token bigint NOT NULL,
    bytes bytea NOT NULL
  ) WITH (fillfactor = 50);
  ALTER TABLE snapshots ALTER COLUMN bytes SET STORAGE EXTERNAL;
  CREATE TABLE asks (service text COLLATE "C" PRIMARY KEY, until_ms double precision NOT NULL) WITH (fillfactor = 50);

  CREATE TABLE leases (
    name text COLLATE "C" PRIMARY KEY,
    holder text NOT NULL,
    token bigint NOT NULL,
    duration_ms double precision NOT NULL,
    until_ms double precision NOT NULL
  ) WITH (fillfactor = 50);
  `,
]
