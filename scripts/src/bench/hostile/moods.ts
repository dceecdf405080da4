/** What the moody subgraph may be asked for, by its root fields. */
export const MOODS = ['hang', 'flood', 'half', 'garbage'] as const;

export const MOODY = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { ${MOODS.map((mood) => `${mood}: String`).join(' ')} }`;
