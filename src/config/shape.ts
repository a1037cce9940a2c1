import { z } from 'zod';

/** Any schema. */
export type Shape = z.core.$ZodType;

/** A schema without what only wraps it: the alternatives that a written value may take, with every wrapper on the way. */
function unwrap(shape: Shape, into: Shape[] = []): Shape[] {
  into.push(shape);
  if (shape instanceof z.ZodUnion) for (const option of shape.options) unwrap(option, into);
  else if (shape instanceof z.ZodPipe) unwrap(shape.in, into);
  else if (shape instanceof z.ZodLazy) unwrap(shape.unwrap(), into);
  else if (
    shape instanceof z.ZodOptional ||
    shape instanceof z.ZodDefault ||
    shape instanceof z.ZodPrefault ||
    shape instanceof z.ZodNullable ||
    shape instanceof z.ZodReadonly
  )
    unwrap(shape.unwrap(), into);
  return into;
}

/** The schemas that a value at this path may be parsed by, wrappers included. */
export function shapesAt(shape: Shape, path: readonly PropertyKey[]): readonly Shape[] {
  let shapes = unwrap(shape);
  for (const step of path)
    shapes = shapes.flatMap((each) => {
      const inner = stepInto(each, step);
      return inner === undefined ? [] : unwrap(inner);
    });
  return shapes;
}

function stepInto(shape: Shape, step: PropertyKey): Shape | undefined {
  if (shape instanceof z.ZodObject) return shape.shape[String(step)];
  if (shape instanceof z.ZodRecord) return shape.valueType;
  return shape instanceof z.ZodArray ? shape.element : undefined;
}

/** The keys that a map at this path may have. */
export function keysAt(shape: Shape, path: readonly PropertyKey[]): readonly string[] {
  const keys = shapesAt(shape, path).flatMap((each) => {
    if (each instanceof z.ZodObject) return Object.keys(each.shape);
    return each instanceof z.ZodRecord && each.keyType instanceof z.ZodEnum ? each.keyType.options.map(String) : [];
  });
  return [...new Set(keys)];
}

/** Examples that a schema at this path gives of itself. */
export function examplesAt(shape: Shape, path: readonly PropertyKey[]): readonly unknown[] {
  for (const each of shapesAt(shape, path)) {
    const examples = z.globalRegistry.get(each)?.['examples'];
    if (Array.isArray(examples)) return examples;
  }
  return [];
}
