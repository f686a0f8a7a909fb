/** The names under which Yardstick reports the shop's queries. */
export type QueryName =
  | 'begin'
  | 'commit'
  | 'rollback'
  | 'product_page'
  | 'warm_pages'
  | 'product_name'
  | 'products_of_category'
  | 'product_search'
  | 'user_by_email'
  | 'user_by_id'
  | 'permissions_of_role'
  | 'orders_of_user'
  | 'lines_of_user'
  | 'lines_of_order'
  | 'take_stock'
  | 'insert_order'
  | 'insert_line'
  | 'add_sale'
  | 'sales_by_category'
  | 'last_orders'
  | 'price_list'

export interface Query {
  readonly table: string
  readonly sql: string
  /** What runs instead while the fault `slow-query` is on. */
  readonly slowSql?: string
}

/** A product with its ratings and four others like it: what the cache layers hold. */
export const PRODUCT_PAGE: string = `
  SELECT products.id AS product_id, json_object(
    'id', products.id, 'name', name, 'category', category, 'description', description,
    'price_cents', price_cents, 'stock', stock,
    'ratings', (SELECT count(*) FROM ratings WHERE ratings.product_id = products.id),
    'stars', (SELECT avg(stars) FROM ratings WHERE ratings.product_id = products.id),
    'similar', json((
      SELECT json_group_array(id) FROM (
        SELECT other.id FROM products AS other
        WHERE other.category = products.category AND other.id > products.id ORDER BY other.id LIMIT 4
      )
    ))
  ) AS body FROM products`

export const QUERIES: Readonly<Record<QueryName, Query>> = {
  begin: { table: 'orders', sql: 'BEGIN IMMEDIATE' },
  commit: { table: 'orders', sql: 'COMMIT' },
  rollback: { table: 'orders', sql: 'ROLLBACK' },

  product_page: { table: 'products', sql: `${PRODUCT_PAGE} WHERE products.id = ?` },
  warm_pages: {
    table: 'product_pages',
    sql: 'SELECT product_id, body FROM product_pages ORDER BY product_id DESC',
  },
  product_name: { table: 'products', sql: 'SELECT name FROM products WHERE id = ?' },
  products_of_category: {
    table: 'products',
    sql: `SELECT id, name, price_cents FROM products
          WHERE category = ? AND stock > 0 ORDER BY id LIMIT 20 OFFSET ?`,
  },
  product_search: {
    table: 'products',
    sql: `SELECT products.id, products.name, products.price_cents
          FROM product_words JOIN products ON products.id = product_words.rowid
          WHERE product_words MATCH '"' || replace(?, '"', '') || '"' LIMIT 20`,
    slowSql: `WITH sold AS MATERIALIZED (
                SELECT product_id, sum(quantity) AS pieces FROM order_lines GROUP BY product_id
              )
              SELECT products.id, products.name, products.price_cents
              FROM products JOIN sold ON sold.product_id = products.id
              WHERE lower(products.name || ' ' || products.description) LIKE '%' || lower(?) || '%'
              ORDER BY pieces DESC LIMIT 20`,
  },

  user_by_email: { table: 'users', sql: 'SELECT id, name, role, password_hash FROM users WHERE email = ?' },
  user_by_id: { table: 'users', sql: 'SELECT id, name, email, role FROM users WHERE id = ?' },
  permissions_of_role: {
    table: 'role_permissions',
    sql: 'SELECT permission FROM role_permissions WHERE role = ?',
  },

  orders_of_user: {
    table: 'orders',
    sql: 'SELECT id, placed_at_ms, state, total_cents FROM orders WHERE user_id = ? ORDER BY id DESC LIMIT 20',
  },
  lines_of_user: {
    table: 'order_lines',
    sql: `SELECT lines.order_id, lines.product_id, lines.quantity, lines.price_cents, products.name
          FROM (SELECT id FROM orders WHERE user_id = ? ORDER BY id DESC LIMIT 20) AS mine
          JOIN order_lines AS lines ON lines.order_id = mine.id
          JOIN products ON products.id = lines.product_id ORDER BY lines.order_id, lines.rowid`,
  },
  lines_of_order: {
    table: 'order_lines',
    sql: 'SELECT order_id, product_id, quantity, price_cents FROM order_lines WHERE order_id = ? ORDER BY rowid',
  },

  take_stock: {
    table: 'products',
    sql: `UPDATE products SET stock = stock - ?1 WHERE id = ?2 AND stock >= ?1
          RETURNING price_cents, category`,
  },
  insert_order: {
    table: 'orders',
    sql: "INSERT INTO orders (user_id, placed_at_ms, state, total_cents) VALUES (?, ?, 'paid', ?) RETURNING id",
  },
  insert_line: {
    table: 'order_lines',
    sql: 'INSERT INTO order_lines (order_id, product_id, quantity, price_cents) VALUES (?, ?, ?, ?)',
  },
  add_sale: {
    table: 'sales',
    sql: `INSERT INTO sales VALUES (?1, 1, ?2)
          ON CONFLICT DO UPDATE SET lines = lines + 1, revenue_cents = revenue_cents + ?2`,
  },
  sales_by_category: {
    table: 'sales',
    sql: 'SELECT category, lines, revenue_cents FROM sales ORDER BY revenue_cents DESC',
  },
  last_orders: {
    table: 'orders',
    sql: 'SELECT id, user_id, total_cents FROM orders ORDER BY id DESC LIMIT 50',
  },
  price_list: { table: 'products', sql: 'SELECT id, price_cents FROM products ORDER BY id LIMIT 2500' },
}
