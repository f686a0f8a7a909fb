/** The shop's tables. `product_pages` and `listing_pages` are the third cache layer, materialised in the database. */
export const SCHEMA = `
  CREATE TABLE products (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL, description TEXT NOT NULL,
    price_cents INTEGER NOT NULL, stock INTEGER NOT NULL
  );
  CREATE INDEX product_by_category ON products (category, id);
  CREATE VIRTUAL TABLE product_words USING fts5 (name, description, content = 'products', content_rowid = 'id');
  CREATE TABLE ratings (product_id INTEGER NOT NULL, stars INTEGER NOT NULL);
  CREATE INDEX rating_by_product ON ratings (product_id);

  CREATE TABLE users (
    id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL,
    password_hash TEXT NOT NULL
  );
  CREATE TABLE role_permissions (role TEXT, permission TEXT, PRIMARY KEY (role, permission)) WITHOUT ROWID;

  CREATE TABLE orders (
    id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, placed_at_ms INTEGER NOT NULL, state TEXT NOT NULL,
    total_cents INTEGER NOT NULL
  );
  CREATE INDEX order_by_user ON orders (user_id, id);
  CREATE TABLE order_lines (
    order_id INTEGER NOT NULL, product_id INTEGER NOT NULL, quantity INTEGER NOT NULL, price_cents INTEGER NOT NULL
  );
  CREATE INDEX line_by_product ON order_lines (product_id);
  CREATE TABLE sales (
    category TEXT PRIMARY KEY, lines INTEGER NOT NULL, revenue_cents INTEGER NOT NULL
  ) WITHOUT ROWID;

  CREATE TABLE product_pages (product_id INTEGER PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE listing_pages (
    category TEXT, page INTEGER, body TEXT NOT NULL, PRIMARY KEY (category, page)
  ) WITHOUT ROWID;
`

/** Apart from the schema, because the fault `missing-index` takes it away. */
export const LINE_INDEX = {
  create: 'CREATE INDEX IF NOT EXISTS line_by_order ON order_lines (order_id)',
  drop: 'DROP INDEX IF EXISTS line_by_order',
} as const
