/** An instance of a decorated class with its fields: GraphQL unions tell their members apart by class. */
export function make<T extends object>(Type: new () => T, fields: Omit<T, never>): T {
  return Object.assign(new Type(), fields);
}
