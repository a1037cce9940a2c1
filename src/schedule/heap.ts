/** A binary min-heap over `dueMs`: the next one due is found and replaced in O(log n), whatever the intervals. */
export class Heap<T extends { readonly dueMs: number }> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let index = items.length;
    items.push(item);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = items[parent] as T;
      if (above.dueMs <= item.dueMs) break;
      items[index] = above;
      index = parent;
    }
    items[index] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && (items[child + 1] as T).dueMs < (items[child] as T).dueMs) child++;
      const below = items[child] as T;
      if (below.dueMs >= last.dueMs) break;
      items[index] = below;
      index = child;
    }
    items[index] = last;
    return first;
  }
}
