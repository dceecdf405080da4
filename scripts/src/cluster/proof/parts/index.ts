import type { Proof } from '../proof';
import { install } from './install';
import { story } from './story';

export interface Part {
  title: string;
  prove(proof: Proof): Promise<void>;
}

/** In the order in which they are run. */
export const PARTS: Record<string, Part> = {
  install: { title: 'From nothing to a graph', prove: install },
  story: { title: 'The story of a sale, and a till’s export', prove: story },
};
export const PART_NAMES = Object.keys(PARTS);
