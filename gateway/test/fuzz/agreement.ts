/**
 * When a subgraph's answer cannot be merged, how much was merged before is a matter of order. Then answers agree when
 * nothing that both have is different.
 */
export function agree(one: unknown, other: unknown): boolean {
  if (one === null || other === null) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((element, at) => agree(element, other[at]));
  }
  if (typeof one !== 'object' || typeof other !== 'object') return one === other;
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return Object.keys(left).every((key) => !Object.hasOwn(right, key) || agree(left[key], right[key]));
}
