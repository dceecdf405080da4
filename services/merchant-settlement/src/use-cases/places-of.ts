// Where facts without a sale belong, and the terms that hold there.
import { findOrgNodes, MissingDependency, type OrgNode, type Tx } from '@atrium/platform';
import { type ContractVersion, contractAsOf } from '../domain/terms';
import { findContractsOf } from '../storage/contract.repository';

export interface Place {
  /** The mall, or the group itself. */
  site: OrgNode;
  /** The merchant, where one is concerned; else the site. */
  node: OrgNode;
  termsAt(at: Date): ContractVersion;
  /** Terms that were found here before. */
  terms(contractId: string): ContractVersion;
}

interface Located {
  mallId: string;
  /** Empty or absent: no merchant is concerned. */
  merchantId?: string;
}

/**
 * How to find each one. A place that is not here, or that nobody has agreed any terms for, is a dependency that has not
 * arrived: the fact waits aside for as long as facts wait, and others pass it.
 */
export async function placesOf(tx: Tx, located: readonly Located[]): Promise<(where: Located) => Place> {
  const siteOf = ({ mallId }: Located) => mallId || (tx.groupId ?? '');
  const nodes = await findOrgNodes(
    tx,
    located.flatMap((where) => (where.merchantId ? [siteOf(where), where.merchantId] : [siteOf(where)])),
  );
  const contracts = await findContractsOf(
    tx,
    [...nodes.values()].flatMap(({ path }) => path),
  );
  const nodeOf = (id: string): OrgNode => {
    const node = nodes.get(id);
    if (!node) throw new MissingDependency(`node ${id} is not here`);
    return node;
  };
  return (where) => {
    const node = nodeOf(where.merchantId || siteOf(where));
    return {
      site: nodeOf(siteOf(where)),
      node,
      termsAt(at) {
        const terms = contractAsOf(contracts, node.path, at);
        if (!terms) throw new MissingDependency(`no terms hold at node ${node.id} yet`);
        return terms;
      },
      terms(contractId) {
        const terms = contracts.find(({ id }) => id === contractId);
        if (!terms) throw new Error(`contract ${contractId} of a posting is gone`);
        return terms;
      },
    };
  };
}
