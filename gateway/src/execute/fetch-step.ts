import type { FetchNode } from '@apollo/query-planner';
import { Kind, OperationTypeNode, parse } from 'graphql';
import { absence } from './absence';
import { EntityRequest, startOf } from './entity-request';
import { type FlatPath, isObject, type Json, mergeInto, objectsAt, type Path, placesAt } from './merge';
import { compileIdentify, compileRepresent, type Identify, type Represent } from './representations';
import { rewrite } from './rewrites';
import type { Failure, Run, Step, SubgraphAnswer, SubgraphError } from './run';
import type { Subtypes } from './subtypes';
import { variablesText } from './text';
import { Uncompilable } from './uncompilable';

/** One request to one subgraph, made ready: its text is fixed, only variables and entities are filled in. */
export function compileFetch(node: FetchNode, path: FlatPath, subtypes: Subtypes): Step {
  if (node.contextRewrites !== undefined && node.contextRewrites.length > 0) throw new Uncompilable('plan');
  if (node.variableUsages?.includes('representations')) throw new Uncompilable('name');
  const fetch = new Fetch(node, path, subtypes);
  return node.requires === undefined ? (run) => fetch.plain(run) : (run) => fetch.entities(run);
}

/** Entities that are one to the subgraph are asked for once: their texts, whose they are, and which one each place has. */
type Batch = { texts: string[]; owners: Json[][]; order: number[] };

class Fetch {
  private readonly start: string;
  private readonly request: EntityRequest;
  private readonly represent: Represent;
  private readonly identify: Identify | undefined;
  private readonly query: boolean;
  private readonly rewritten: boolean;

  constructor(
    private readonly node: FetchNode,
    private readonly path: FlatPath,
    private readonly subtypes: Subtypes,
  ) {
    this.start = startOf(node.operation, node.operationName);
    this.request = new EntityRequest(node);
    this.represent = compileRepresent(node.requires ?? [], node.inputRewrites, subtypes);
    this.identify = compileIdentify(node.requires ?? [], node.inputRewrites, subtypes);
    this.rewritten = node.inputRewrites !== undefined && node.inputRewrites.length > 0;
    this.query = node.operationKind === OperationTypeNode.QUERY;
  }

  async plain(run: Run): Promise<void> {
    const targets = this.path.length === 0 ? [run.data] : objectsAt(run.data, this.path);
    if (targets.length === 0) return;
    const variables = variablesText(this.node.variableUsages ?? [], run.variables);
    const { serviceName: subgraph } = this.node;
    const answer = run.fetch({ subgraph, body: `${this.start}${variables}}}`, query: this.query });
    const data = await this.dataOf(run, answer, undefined);
    if (data === undefined) return;
    this.settle(run, () => {
      rewrite(this.subtypes, this.node.outputRewrites, data);
      mergeInto(targets as Json[], data);
    });
  }

  async entities(run: Run): Promise<void> {
    const targets = this.path.length === 0 ? [run.data] : objectsAt(run.data, this.path);
    const batch = this.batchOf(targets);
    if (batch.texts.length === 0) return;
    const data = await this.dataOf(run, run.wave.ask(this.request, batch.texts), batch);
    if (data === undefined) return;
    this.settle(run, () => this.receive(batch, data['_entities']));
  }

  private batchOf(targets: readonly unknown[]): Batch {
    const batch: Batch = { texts: [], owners: [], order: [] };
    const ids = new Map<string | number, number>();
    const texts = new Map<string, number>();
    for (const target of targets) {
      const id = this.identify?.(target);
      let at = id === undefined ? undefined : ids.get(id);
      if (at === undefined) {
        at = this.add(batch, texts, target);
        if (at === undefined) continue;
        if (id !== undefined) ids.set(id, at);
      }
      batch.owners[at]?.push(target as Json);
      batch.order.push(at);
    }
    return batch;
  }

  /** undefined: there is nothing to ask about it. */
  private add({ texts, owners }: Batch, known: Map<string, number>, target: unknown): number | undefined {
    const text = this.represent(target);
    if (text === undefined) return undefined;
    // A text that was rewritten may stand for entities of several types; each keeps its own.
    const key = this.rewritten ? `${text}${String((target as Json)['__typename'])}` : text;
    let at = known.get(key);
    if (at === undefined) {
      at = texts.push(text) - 1;
      known.set(key, at);
      owners.push([]);
    }
    return at;
  }

  private receive({ texts, owners }: Batch, entities: unknown): void {
    if (!Array.isArray(entities)) throw new Error('Expected "data._entities" in response to be an array');
    if (entities.length !== texts.length) {
      throw new Error(`Expected "data._entities" to contain ${texts.length} elements`);
    }
    entities.forEach((entity: unknown, index) => {
      if (!entity) return;
      const mine = owners[index] ?? [];
      const received = entity as Json;
      if (!received['__typename']) received['__typename'] = mine[0]?.['__typename'];
      rewrite(this.subtypes, this.node.outputRewrites, received);
      mergeInto(mine, received);
    });
  }

  /** The answer's data; its errors, or that there was no answer, are noted with the client's paths. */
  private async dataOf(run: Run, asked: Promise<SubgraphAnswer>, batch: Batch | undefined): Promise<Json | undefined> {
    let answer: SubgraphAnswer;
    try {
      answer = await asked;
    } catch (error) {
      this.unavailable(run, error);
      return undefined;
    }
    if (Array.isArray(answer.errors)) {
      let places: Path[] | undefined;
      const placesOf = () => (places ??= placesAt(run.data, this.path));
      for (const error of answer.errors) this.note(run, error, batch, placesOf);
    }
    return isObject(answer.data) ? answer.data : undefined;
  }

  /**
   * An entity's error is that of every place where the entity stands. Places are counted as the stock executor counts
   * them, which forgets those between them that were not asked for: both executors name the same place.
   */
  private note(run: Run, error: SubgraphError, batch: Batch | undefined, placesOf: () => Path[]): void {
    const path = Array.isArray(error?.path) ? error.path : undefined;
    const index = path?.[1];
    if (batch === undefined || path === undefined || typeof index !== 'number') {
      run.failures.push(this.failureOf(error, path && [...this.path, ...path]));
      return;
    }
    batch.order.forEach((at, rank) => {
      if (at === index) run.failures.push(this.failureOf(error, [...(placesOf()[rank] ?? []), ...path.slice(2)]));
    });
  }

  private failureOf(error: SubgraphError, path: Path | undefined): Failure {
    const { serviceName } = this.node;
    const said = error?.message;
    const message = said ? String(said) : `Error while fetching subquery from service "${serviceName}"`;
    const extensions = isObject(error?.extensions) ? error.extensions : {};
    const code = extensions['code'] || 'DOWNSTREAM_SERVICE_ERROR';
    return { message, path, extensions: { ...extensions, serviceName, code }, cause: error };
  }

  /** The rest of the answer is served; what this subgraph would have added is null with a typed error. */
  private unavailable(run: Run, cause: unknown): void {
    const { serviceName } = this.node;
    const { message, extensions } = absence(serviceName, cause);
    for (const path of this.missing()) run.failures.push({ message, path, extensions, cause });
  }

  private missing(): Path[] {
    if (this.path.length === 0) return topLevelKeys(this.node.operation).map((key) => [key]);
    // Inside a list ('@') the error belongs to the list as a whole.
    const list = this.path.indexOf('@');
    return [list === -1 ? [...this.path] : this.path.slice(0, list)];
  }

  /** A subgraph that answers beside the question spoils its own part only. */
  private settle(run: Run, work: () => void): void {
    try {
      work();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : 'unknown';
      run.failures.push({ message, path: undefined, extensions: { code: 'INTERNAL_SERVER_ERROR' }, cause });
    }
  }
}

export function topLevelKeys(query: string): string[] {
  for (const definition of parse(query, { noLocation: true }).definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    return definition.selectionSet.selections.flatMap((selection) =>
      selection.kind === Kind.FIELD ? [(selection.alias ?? selection.name).value] : [],
    );
  }
  return [];
}
