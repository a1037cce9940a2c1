import { describe, expect, it } from 'vitest';
import { parseOrder } from '../../../demo/shop/orders.ts';

describe('an order', () => {
  it.each([
    ['{"item": "teapot", "quantity": 2}', { item: 'teapot', quantity: 2 }],
    ['{"item": "teapot"}', { item: 'teapot', quantity: 1 }],
  ])('%s is understood', (body, order) => {
    expect(parseOrder(body)).toEqual(order);
  });

  it.each([
    ['', 'expected JSON such as {"item": "teapot", "quantity": 2}'],
    ['null', 'expected an object with item and quantity'],
    ['{"quantity": 1}', 'item: expected a text of 1 to 100 characters'],
    ['{"item": "teapot", "quantity": 0}', 'quantity: expected a whole number from 1 to 1000'],
    ['{"item": "teapot", "quantity": 1.5}', 'quantity: expected a whole number from 1 to 1000'],
  ])('%j is refused', (body, message) => {
    expect(parseOrder(body)).toBe(message);
  });
});
