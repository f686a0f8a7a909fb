type Sqlite = typeof import('node:sqlite')

/** Loads `node:sqlite` without the ExperimentalWarning that Node 22 prints; other warnings pass. */
export function sqliteModule(): Sqlite {
  const emitWarning = process.emitWarning
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'ExperimentalWarning' && String(warning).startsWith('SQLite')) return
    Reflect.apply(emitWarning, process, [warning, ...rest])
  }) as typeof process.emitWarning
  try {
    return process.getBuiltinModule('node:sqlite') as Sqlite
  } finally {
    process.emitWarning = emitWarning
  }
}
