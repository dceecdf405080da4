import type { EntityRequest } from './entity-request';
import { isObject, type Json, type Path } from './merge';
import type { MergedRequest, MergedRequests } from './merged-request';
import type { SubgraphAnswer, SubgraphError, SubgraphFetch } from './run';
import { variablesText } from './text';

type Waiting = {
  request: EntityRequest;
  /** Representations of its entities, no two the same. */
  texts: string[];
  resolve: (answer: SubgraphAnswer) => void;
  reject: (error: unknown) => void;
};

/** A merged request that fell apart is not tried again for so long. */
const APART_MS = 10_000;

/**
 * Requests for entities that one operation makes at the same time, to the same subgraph, go as one. Each of them gets the
 * answer that it would have got alone; where that cannot be told from the answer to all of them, each is asked again, alone.
 */
export class Wave {
  private waiting: Waiting[] = [];

  constructor(
    private readonly fetch: SubgraphFetch,
    private readonly variables: Record<string, unknown>,
    private readonly merged: MergedRequests,
  ) {}

  ask(request: EntityRequest, texts: string[]): Promise<SubgraphAnswer> {
    return new Promise((resolve, reject) => {
      // What has come from subgraphs by now is merged first: it may lead to more of the same.
      if (this.waiting.push({ request, texts, resolve, reject }) === 1) setImmediate(() => this.send());
    });
  }

  private send(): void {
    const { waiting } = this;
    this.waiting = [];
    const groups = new Map<string, Waiting[]>();
    for (const one of waiting) {
      const { subgraph } = one.request;
      const group = groups.get(subgraph);
      if (group === undefined) groups.set(subgraph, [one]);
      else group.push(one);
    }
    for (const group of groups.values()) this.sendGroup(group);
  }

  private sendGroup(group: Waiting[]): void {
    const able = group.filter(({ request }) => request.mergeable !== undefined);
    const merged = able.length < 2 ? undefined : this.merged.of(able.map(({ request }) => request));
    const together = merged !== undefined && merged.apartUntil < performance.now();
    for (const one of group) if (!together || one.request.mergeable === undefined) this.sendAlone(one);
    if (together) void this.sendTogether(merged, able);
  }

  private sendAlone({ request, texts, resolve, reject }: Waiting): void {
    const { subgraph } = request;
    this.fetch({ subgraph, body: request.body(this.variables, texts), query: request.query }).then(resolve, reject);
  }

  private async sendTogether(merged: MergedRequest, group: Waiting[]): Promise<void> {
    const batches = batchesOf(merged, group);
    const representations = batches.map(({ texts }, at) => `"representations${at}":[${texts.join(',')}]`).join(',');
    const others = variablesText(merged.usages, this.variables);
    const body = `${merged.start}${others}${others === '' ? '' : ','}${representations}}}`;
    try {
      const answer = await this.fetch({ subgraph: merged.subgraph, body, query: true });
      const answers = answersOf(answer, merged, batches);
      if (answers === undefined) {
        merged.apartUntil = performance.now() + APART_MS;
        for (const one of group) this.sendAlone(one);
      } else {
        group.forEach(({ resolve }, at) => resolve(answers[at] as SubgraphAnswer));
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}

/** What one alias of a merged request asks for, and where in it the entities of each request are. */
type Batch = { texts: string[]; places: Map<number, readonly number[] | undefined> };

function batchesOf(merged: MergedRequest, group: readonly Waiting[]): Batch[] {
  return merged.members.map((members) => {
    const [only] = members;
    if (members.length === 1 && only !== undefined) {
      return { texts: group[only]?.texts ?? [], places: new Map([[only, undefined]]) };
    }
    const known = new Map<string, number>();
    const placeOf = (text: string) => {
      const place = known.get(text) ?? known.size;
      known.set(text, place);
      return place;
    };
    const places = new Map(members.map((member) => [member, (group[member]?.texts ?? []).map(placeOf)]));
    return { texts: [...known.keys()], places };
  });
}

/** undefined: it does not say what each would have been told. */
function answersOf(
  { data, errors }: SubgraphAnswer,
  merged: MergedRequest,
  batches: readonly Batch[],
): SubgraphAnswer[] | undefined {
  if (!isObject(data)) return undefined;
  const answers: { data: Json; errors?: SubgraphError[] }[] = [];
  for (const [at, { texts, places }] of batches.entries()) {
    const entities = data[merged.aliases[at] as string];
    for (const [member, own] of places) {
      if (own === undefined) answers[member] = { data: { _entities: entities } };
      else if (!Array.isArray(entities) || entities.length !== texts.length) return undefined;
      else answers[member] = { data: { _entities: own.map((place) => entities[place] as unknown) } };
    }
  }
  for (const error of Array.isArray(errors) ? (errors as SubgraphError[]) : []) {
    const path = Array.isArray(error?.path) ? (error.path as Path) : [];
    const batch = batches[merged.aliases.indexOf(String(path[0]))];
    if (batch === undefined) return undefined;
    for (const [member, own] of batch.places) {
      const told = errorFor(error, path, own);
      if (told !== undefined)
        ((answers[member] as SubgraphAnswer & { errors?: SubgraphError[] }).errors ??= []).push(told);
    }
  }
  return answers;
}

/** An error as it would have been without the others; undefined when it is about an entity of theirs. */
function errorFor(error: SubgraphError, path: Path, own: readonly number[] | undefined): SubgraphError | undefined {
  const [, place, ...rest] = path;
  if (own === undefined || typeof place !== 'number') return { ...error, path: ['_entities', ...path.slice(1)] };
  const at = own.indexOf(place);
  return at === -1 ? undefined : { ...error, path: ['_entities', at, ...rest] };
}
