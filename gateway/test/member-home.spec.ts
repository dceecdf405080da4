import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { type PlanNode, QueryPlanner } from '@apollo/query-planner';
import { parse } from 'graphql';

const read = (file: string) => readFileSync(join(__dirname, '..', file), 'utf8');

describe('member home', () => {
  it('is one parallel hop to all six subgraphs: nobody waits for anybody', () => {
    const supergraph = Supergraph.build(read('supergraph.graphql'));
    const operation = operationFromDocument(supergraph.apiSchema(), parse(read('graphiql/member-home.graphql')));
    const { node } = new QueryPlanner(supergraph).buildQueryPlan(operation);
    if (node?.kind !== 'Parallel') throw new Error(`The plan is not parallel: ${JSON.stringify(node, null, 1)}`);
    const services = node.nodes.map((child: PlanNode) => (child.kind === 'Fetch' ? child.serviceName : child.kind));
    expect(services.sort()).toEqual(['coupon', 'member', 'merchant-settlement', 'messaging', 'points', 'tier']);
  });
});
