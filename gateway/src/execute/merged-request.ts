import { type EntityRequest, type Mergeable, startOf } from './entity-request';

/** Which requests meet depends on which answers come at the same time; this many sets are remembered of an operation. */
const MOST_SETS = 200;

/** Several requests for entities as one: each has an alias of its own, those that ask the same of their entities share one. */
export class MergedRequest {
  readonly subgraph: string;
  readonly start: string;
  readonly usages: readonly string[];
  readonly aliases: readonly string[];
  /** For each alias, whose it is: places in the list of requests. */
  readonly members: readonly (readonly number[])[];
  /** In the milliseconds of performance.now(): until then each goes alone. */
  apartUntil = -Infinity;

  constructor(requests: readonly EntityRequest[]) {
    const slots = new Map<string, { selection: string; members: number[] }>();
    const declared = new Map<string, string>();
    requests.forEach(({ mergeable }, member) => {
      const { selection, variables, shareable } = mergeable as Mergeable;
      for (const [name, text] of variables) declared.set(name, text);
      const key = shareable ? selection : String(member);
      const slot = slots.get(key);
      if (slot === undefined) slots.set(key, { selection, members: [member] });
      else slot.members.push(member);
    });
    const all = [...slots.values()];
    const [first] = requests;
    this.subgraph = first?.subgraph ?? '';
    this.aliases = all.map((_, at) => `e${at}`);
    this.members = all.map(({ members }) => members);
    this.usages = [...new Set(requests.flatMap(({ usages }) => usages))];
    const variables = [...declared.values(), ...all.map((_, at) => `$representations${at}:[_Any!]!`)];
    const fields = all.map(
      ({ selection }, at) => `e${at}:_entities(representations:$representations${at})${selection}`,
    );
    // The name says where in the client's operation it comes from: that of the first is as good as any.
    this.start = startOf(`query ${first?.name ?? ''}(${variables.join(',')}){${fields.join(' ')}}`, first?.name);
  }
}

/** Those of one operation. */
export class MergedRequests {
  private readonly known = new Map<string, MergedRequest>();

  /** undefined: there are too many of them already. */
  of(requests: readonly EntityRequest[]): MergedRequest | undefined {
    let key = '';
    for (const { number } of requests) key += `${number},`;
    let merged = this.known.get(key);
    if (merged === undefined && this.known.size < MOST_SETS) {
      merged = new MergedRequest(requests);
      this.known.set(key, merged);
    }
    return merged;
  }
}
