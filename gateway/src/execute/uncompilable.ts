/** The operation goes to the stock executor; the reason is counted. */
export type Reason =
  'introspection' | 'incremental' | 'subscription' | 'conditions' | 'name' | 'plan' | 'size' | 'error';

export class Uncompilable extends Error {
  constructor(readonly reason: Reason) {
    super(`Not compiled: ${reason}`);
  }
}

/** A subgraph sent something that no answer can be made of: no list where a list was promised, text for an object. */
export class BrokenAnswer extends Error {}
