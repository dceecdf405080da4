import type { PlanNode, QueryPlan } from '@apollo/query-planner';
import type { Conditions } from './conditions';
import { compileFetch } from './fetch-step';
import type { FlatPath } from './merge';
import type { Step } from './run';
import type { Subtypes } from './subtypes';
import { Uncompilable } from './uncompilable';

/** Apollo's plan as steps for one set of conditions. undefined: there is nothing to fetch. */
export function compilePlan({ node }: QueryPlan, conditions: Conditions, subtypes: Subtypes): Step | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'Subscription') throw new Uncompilable('subscription');
  return compileNode(node, [], conditions, subtypes);
}

function compileNode(node: PlanNode, path: FlatPath, conditions: Conditions, subtypes: Subtypes): Step | undefined {
  switch (node.kind) {
    case 'Fetch':
      return compileFetch(node, path, subtypes);
    case 'Flatten':
      if (path.length > 0) throw new Uncompilable('plan');
      return compileNode(node.node, node.path.map(String), conditions, subtypes);
    case 'Condition': {
      const value = conditions.get(node.condition);
      if (value === undefined) throw new Uncompilable('conditions');
      const branch = value ? node.ifClause : node.elseClause;
      return branch && compileNode(branch, path, conditions, subtypes);
    }
    case 'Sequence':
      return sequence(compileAll(node.nodes, path, conditions, subtypes));
    case 'Parallel':
      return parallel(compileAll(node.nodes, path, conditions, subtypes));
    default:
      throw new Uncompilable('incremental');
  }
}

function compileAll(nodes: PlanNode[], path: FlatPath, conditions: Conditions, subtypes: Subtypes): Step[] {
  return nodes.flatMap((node) => compileNode(node, path, conditions, subtypes) ?? []);
}

function sequence(steps: Step[]): Step | undefined {
  if (steps.length < 2) return steps[0];
  return async (run) => {
    for (const step of steps) await step(run);
  };
}

function parallel(steps: Step[]): Step | undefined {
  if (steps.length < 2) return steps[0];
  return async (run) => {
    await Promise.all(steps.map((step) => step(run)));
  };
}
