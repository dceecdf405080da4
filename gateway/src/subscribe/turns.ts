/** So many at a time; the others wait in line. */
export class Turns {
  private running = 0;
  private readonly line: (() => void)[] = [];

  constructor(private readonly most: number) {}

  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.most) await new Promise<void>((resolve) => this.line.push(resolve));
    else this.running++;
    try {
      return await work();
    } finally {
      const next = this.line.shift();
      if (next === undefined) this.running--;
      else next();
    }
  }
}
