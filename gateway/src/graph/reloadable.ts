import type { Graph } from './graph';

/** A graph that can be exchanged for another while it is in use. */
export type ReloadableGraph = Graph & {
  /** From now on this one is asked; the one before is closed when its last request is answered. */
  exchange(next: Graph): void;
};

type Generation = { graph: Graph; running: number; retired: boolean };

export function reloadable(first: Graph, onError: (error: unknown) => void): ReloadableGraph {
  let current: Generation = { graph: first, running: 0, retired: false };
  const closing = new Set<Promise<void>>();

  const closeWhenIdle = (generation: Generation) => {
    if (!generation.retired || generation.running > 0) return;
    const closed: Promise<void> = generation.graph
      .close()
      .catch(onError)
      .finally(() => closing.delete(closed));
    closing.add(closed);
  };

  return {
    async execute(operation, context) {
      const generation = current;
      generation.running++;
      try {
        return await generation.graph.execute(operation, context);
      } finally {
        generation.running--;
        closeWhenIdle(generation);
      }
    },
    subscription: (operation, context) => current.graph.subscription(operation, context),
    exchange(next) {
      const before = current;
      current = { graph: next, running: 0, retired: false };
      before.retired = true;
      closeWhenIdle(before);
    },
    async close() {
      await Promise.all([current.graph.close(), ...closing]);
    },
  };
}
