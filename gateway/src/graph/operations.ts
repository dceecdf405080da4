import type { QueryPlan } from '@apollo/query-planner';
import type { FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { type CompiledOperation, compileOperation } from '../execute/compile';
import { type Subtypes, subtypesOf } from '../execute/subtypes';
import { Count } from '../observe/families';
import { type Reason, Uncompilable } from '../execute/uncompilable';

/** What is known of an operation that Apollo's pipeline has let through once: parsed, validated, limited and planned. */
export type KnownOperation = {
  plan: QueryPlan;
  definition: OperationDefinitionNode;
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** A reason instead, when it is for the stock executor. */
  compiled: CompiledOperation | Reason;
};

const MOST_OPERATIONS = 2000;
/** Of all their texts together: an operation takes some ten times its text in memory. */
const MOST_CHARACTERS = 4_000_000;

/** Operations by their text, those not asked for the longest dropped first. Emptied with each new supergraph. */
export class Operations {
  private readonly known = new Map<string, KnownOperation>();
  characters = 0;
  /** What clients see. */
  schema: GraphQLSchema | undefined;
  private subtypes: Subtypes | undefined;

  constructor(
    private readonly onError: (error: unknown) => void,
    private readonly evicted: Count = new Count(),
  ) {}

  get size(): number {
    return this.known.size;
  }

  schemaChanged(schema: GraphQLSchema, supergraphSdl: string): void {
    this.schema = schema;
    this.subtypes = subtypesOf(supergraphSdl);
    this.known.clear();
    this.characters = 0;
  }

  find(text: string, name: string | undefined): KnownOperation | undefined {
    const key = keyOf(text, name);
    const operation = this.known.get(key);
    if (operation === undefined) return undefined;
    this.known.delete(key);
    this.known.set(key, operation);
    return operation;
  }

  /** Called with the plan of each operation before the stock executor begins with it. */
  learn(
    text: string,
    name: string | undefined,
    operation: OperationDefinitionNode,
    fragments: Readonly<Record<string, FragmentDefinitionNode>>,
    plan: QueryPlan,
  ): KnownOperation | undefined {
    const key = keyOf(text, name);
    const known = this.known.get(key);
    if (known !== undefined || this.schema === undefined || this.subtypes === undefined) return known;
    this.makeRoom(key.length);
    const compiled = this.compile({ schema: this.schema, subtypes: this.subtypes, operation, fragments, plan });
    const learned = { plan, definition: operation, fragments, compiled };
    this.known.set(key, learned);
    this.characters += key.length;
    return learned;
  }

  private compile(planned: Parameters<typeof compileOperation>[0]): CompiledOperation | Reason {
    try {
      return compileOperation(planned);
    } catch (error) {
      if (error instanceof Uncompilable) return error.reason;
      this.onError(error);
      return 'error';
    }
  }

  private makeRoom(characters: number): void {
    for (const key of this.known.keys()) {
      if (this.known.size < MOST_OPERATIONS && this.characters + characters <= MOST_CHARACTERS) return;
      this.known.delete(key);
      this.characters -= key.length;
      this.evicted.add();
    }
  }
}

function keyOf(text: string, name: string | undefined): string {
  return name === undefined ? text : `${name}\0${text}`;
}
