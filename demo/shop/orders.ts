import type { Cache } from './cache.ts';
import type { Database } from './database.ts';
import { report } from './report.ts';
import type { Answer } from './server.ts';

const LISTED = 20;
const KEPT_SECONDS = 1;

/** What a customer asks for: `{"item": "teapot", "quantity": 2}`; a sentence if it cannot be understood. */
export function parseOrder(body: string): { readonly item: string; readonly quantity: number } | string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return 'expected JSON such as {"item": "teapot", "quantity": 2}';
  }
  if (typeof value !== 'object' || value === null) return 'expected an object with item and quantity';
  const { item, quantity = 1 } = value as { item?: unknown; quantity?: unknown };
  if (typeof item !== 'string' || item === '' || item.length > 100)
    return 'item: expected a text of 1 to 100 characters';
  if (typeof quantity !== 'number' || !Number.isInteger(quantity) || quantity < 1 || quantity > 1_000) {
    return 'quantity: expected a whole number from 1 to 1000';
  }
  return { item, quantity };
}

/** The latest orders, from the cache while it has them; the shop can do without the cache. */
export async function listOrders(database: Database, cache: Cache | undefined): Promise<Answer> {
  const cached = await forgiving(cache?.get('orders:recent'));
  if (cached !== undefined) return { status: 200, text: cached, contentType: 'application/json' };
  const text = JSON.stringify(await database.recent(LISTED));
  await forgiving(cache?.set('orders:recent', text, KEPT_SECONDS));
  return { status: 200, text, contentType: 'application/json' };
}

/** Puts the order into the database; the dispatcher takes it to the queue. */
export async function placeOrder(database: Database, body: string): Promise<Answer> {
  const order = parseOrder(body);
  if (typeof order === 'string') return { status: 400, json: { error: order } };
  return { status: 201, json: await database.place(order.item, order.quantity) };
}

async function forgiving<Value>(work: Promise<Value> | undefined): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    report('cache', error);
    return undefined;
  }
}
