/** A site has no such subgraph: its part of the graph is at the hub. Nobody was asked. */
export class OnlyAtHub extends Error {}

/** What the caller is told about a subgraph that gave no answer. */
export function absence(subgraph: string, cause: unknown): { message: string; extensions: Record<string, unknown> } {
  if (cause instanceof OnlyAtHub)
    return {
      message: `${subgraph} is at the hub: send this there. While the line is down, take the sale without coupons and points, and record it here.`,
      extensions: { code: 'ONLY_AT_HUB', retryable: false, serviceName: subgraph },
    };
  return {
    message: `${subgraph} is away; its part of the answer is missing.`,
    extensions: { code: 'UNAVAILABLE', retryable: true, serviceName: subgraph },
  };
}
