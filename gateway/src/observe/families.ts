import { Counter, Histogram, type MetricType, type Registry } from 'prom-client';

// prom-client finds a label's child anew at each call. Here a child is found once and counts by an addition; prom-client
// sees the sums when somebody asks for them.

export type Labels<L extends string> = Readonly<Record<L, string>>;
type Definition<L extends string> = { name: string; help: string; labelNames: readonly L[] };

export class Count {
  value = 0;

  add(more = 1): void {
    this.value += more;
  }
}

/** How many of what size: seconds, objects. */
export class Distribution {
  readonly counts: Float64Array;
  sum = 0;

  constructor(private readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(seconds: number): void {
    let at = 0;
    while (at < this.bounds.length && seconds > (this.bounds[at] as number)) at++;
    this.counts[at] = (this.counts[at] as number) + 1;
    this.sum += seconds;
  }

  /** Since a moment of performance.now(). */
  since(start: number): void {
    this.observe((performance.now() - start) / 1_000);
  }
}

class Children<L extends string, Child> {
  private readonly byKey = new Map<string, { labels: Labels<L>; child: Child }>();

  constructor(
    private readonly names: readonly L[],
    private readonly create: () => Child,
  ) {}

  of(labels: Labels<L>): Child {
    let key = '';
    for (const name of this.names) key += `${labels[name]}\0`;
    let known = this.byKey.get(key);
    if (known === undefined) this.byKey.set(key, (known = { labels: { ...labels }, child: this.create() }));
    return known.child;
  }

  all(): Iterable<{ labels: Labels<L>; child: Child }> {
    return this.byKey.values();
  }
}

export class CountFamily<L extends string = never> {
  private readonly children: Children<L, Count>;

  constructor(registry: Registry, definition: Definition<L>) {
    const children = (this.children = new Children(definition.labelNames, () => new Count()));
    new Counter<L>({
      ...definition,
      registers: [registry],
      collect() {
        this.reset();
        for (const { labels, child } of children.all()) this.inc(labels, child.value);
      },
    });
  }

  of(labels: Labels<L>): Count {
    return this.children.of(labels);
  }

  inc(labels: Labels<L>): void {
    this.children.of(labels).add();
  }
}

export class DistributionFamily<L extends string> {
  private readonly children: Children<L, Distribution>;

  constructor(registry: Registry, definition: Definition<L> & { buckets: readonly number[] }) {
    const { name, buckets } = definition;
    this.children = new Children(definition.labelNames, () => new Distribution(buckets));
    registry.registerMetric(new SumsOfOthers(definition, () => [...valuesOf(name, buckets, this.children.all())]));
  }

  of(labels: Labels<L>): Distribution {
    return this.children.of(labels);
  }
}

type Value<L extends string> = Awaited<ReturnType<Histogram<L>['get']>>['values'][number];

/** A histogram to the registry, which reads it by one of these two; it holds nothing itself. */
class SumsOfOthers<L extends string> extends Histogram<L> {
  constructor(
    private readonly definition: Definition<L> & { buckets: readonly number[] },
    private readonly read: () => Value<L>[],
  ) {
    const { labelNames, buckets, ...said } = definition;
    super({ ...said, labelNames: [...labelNames], buckets: [...buckets], registers: [] });
  }

  override async get(): ReturnType<Histogram<L>['get']> {
    const { name, help } = this.definition;
    // Its types have an enum where its code has words.
    const type = 'histogram' as unknown as MetricType;
    return { name, help, type, values: this.read(), aggregator: 'sum', collect: () => undefined };
  }

  getForPromString(): ReturnType<Histogram<L>['get']> {
    return this.get();
  }
}

function* valuesOf<L extends string>(
  name: string,
  buckets: readonly number[],
  children: Iterable<{ labels: Labels<L>; child: Distribution }>,
): Iterable<Value<L>> {
  for (const { labels, child } of children) {
    let sum = 0;
    for (const [at, le] of [...buckets, '+Inf'].entries()) {
      sum += child.counts[at] ?? 0;
      yield { metricName: `${name}_bucket`, labels: { ...labels, le }, value: sum };
    }
    yield { metricName: `${name}_sum`, labels, value: child.sum };
    yield { metricName: `${name}_count`, labels, value: sum };
  }
}
