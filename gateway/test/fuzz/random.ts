/** Numbers in [0, 1) that depend on nothing but the words: the same question gets the same answer in every run. */
export function chance(...words: (string | number)[]): number {
  let hash = 0x811c9dc5;
  const text = words.join('\u0001');
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4294967296;
}

/** A stream of such numbers. */
export class Random {
  private at = 0;
  constructor(private readonly seed: string | number) {}

  next(): number {
    return chance(this.seed, this.at++);
  }
  happens(probability: number): boolean {
    return this.next() < probability;
  }
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}
