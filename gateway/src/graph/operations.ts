import type { QueryPlan } from '@apollo/query-planner';
import type { FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { type CompiledOperation, compileOperation } from '../execute/compile';
import type { Subtypes } from '../execute/subtypes';
import { Count } from '../observe/families';
import { type Reason, Uncompilable } from '../execute/uncompilable';

export type PlannedOperation = {
  definition: OperationDefinitionNode;
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  plan: QueryPlan;
};

/** A valid operation of the graph, measured, planned and compiled once. */
export type KnownOperation = PlannedOperation & {
  /** A reason instead, when it is for the stock executor. */
  compiled: CompiledOperation | Reason;
};

const MOST_OPERATIONS = 2000;
/** Of all their texts together: an operation takes some ten times its text in memory. */
const MOST_CHARACTERS = 4_000_000;

/** Operations by their text, those not asked for the longest dropped first. A new supergraph has its own. */
export class Operations {
  private readonly known = new Map<string, KnownOperation>();
  characters = 0;

  constructor(
    /** What clients see. */
    readonly schema: GraphQLSchema,
    private readonly subtypes: Subtypes,
    private readonly onError: (error: unknown) => void,
    private readonly evicted: Count = new Count(),
  ) {}

  get size(): number {
    return this.known.size;
  }

  find(text: string, name: string | undefined): KnownOperation | undefined {
    const key = keyOf(text, name);
    const operation = this.known.get(key);
    if (operation === undefined) return undefined;
    this.known.delete(key);
    this.known.set(key, operation);
    return operation;
  }

  learn(text: string, name: string | undefined, planned: PlannedOperation): KnownOperation {
    const key = keyOf(text, name);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.makeRoom(key.length);
    const learned = { ...planned, compiled: this.compile(planned) };
    this.known.set(key, learned);
    this.characters += key.length;
    return learned;
  }

  private compile({ definition, fragments, plan }: PlannedOperation): CompiledOperation | Reason {
    const { schema, subtypes } = this;
    try {
      return compileOperation({ schema, subtypes, operation: definition, fragments, plan });
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
