import Database from 'better-sqlite3';

/**
 * Loaded into a server process before the program: on a message it lets the project's database grow no further, which
 * SQLite reports as it does a full disk, and on another it gives the room back. The program knows nothing of it.
 */
const connections = new Set<Database.Database>();
// eslint-disable-next-line @typescript-eslint/unbound-method -- only ever called on a connection
const { pragma } = Database.prototype;
Database.prototype.pragma = function (this: Database.Database, ...args: Parameters<typeof pragma>): unknown {
  connections.add(this);
  return pragma.apply(this, args);
};

/** SQLite takes the number of pages that are there for a smaller one. */
const MOST_PAGES = { full: 1, free: 1_000_000_000 } as const;

process.on('message', (disk: keyof typeof MOST_PAGES) => {
  for (const connection of connections) {
    if (connection.open && connection.name.endsWith('project.db'))
      pragma.call(connection, `max_page_count = ${MOST_PAGES[disk]}`);
  }
  process.send?.(disk);
});
// The process ends as it would without.
process.channel?.unref();
