import type { Proof } from '../proof';
import { deletePods } from './delete';
import { drain } from './drain';
import { flows } from './flows';
import { install } from './install';
import { scale } from './scale';
import { story } from './story';
import { upgrade } from './upgrade';
import { wrongValues } from './wrong-values';

export interface Part {
  title: string;
  prove(proof: Proof): Promise<void>;
}

/** In the order in which they are run. */
export const PARTS: Record<string, Part> = {
  install: { title: 'From nothing to a graph', prove: install },
  story: { title: "The story of a sale, and a till's export", prove: story },
  flows: { title: 'Denied by default, both ways', prove: flows },
  scale: { title: 'One subgraph grows alone', prove: scale },
  upgrade: { title: 'Upgrade and rollback under load', prove: upgrade },
  pods: { title: 'A pod of everything deleted under load', prove: deletePods },
  drain: { title: 'Evictions and their budgets', prove: drain },
  'wrong-values': { title: 'Wrong values end in one line', prove: wrongValues },
};
export const PART_NAMES = Object.keys(PARTS);
/** What needs nothing of profile small alone. */
export const HA_PARTS = ['install', 'story', 'upgrade', 'pods', 'drain'];
