// The published blocks: they say nothing about anybody, so anybody may read them.
import type { Tx } from '@atrium/platform';
import type { Block } from '../domain/encoding';
import { findBlocks, findBlocksByNumber } from '../storage/block.repository';

export type { Block };

export const blocks = (tx: Tx, after: bigint, limit: number): Promise<Block[]> => findBlocks(tx, after, limit);

export const block = async (tx: Tx, number: bigint): Promise<Block | null> =>
  (await findBlocksByNumber(tx, [number])).get(number) ?? null;
