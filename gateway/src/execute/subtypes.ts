import { Kind, parse } from 'graphql';

/** Whether objects of a type are also of another, by the supergraph: it knows types that clients do not see. */
export type Subtypes = { isSubtype(type: string, wanted: string): boolean; isAbstract(type: string): boolean };

export function subtypesOf(supergraphSdl: string): Subtypes {
  const supertypes = new Map<string, Set<string>>();
  const abstract = new Set<string>();
  const add = (type: string, wanted: string) => supertypes.set(type, (supertypes.get(type) ?? new Set()).add(wanted));
  for (const node of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (node.kind === Kind.INTERFACE_TYPE_DEFINITION || node.kind === Kind.UNION_TYPE_DEFINITION) {
      abstract.add(node.name.value);
    }
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      for (const wanted of node.interfaces ?? []) add(node.name.value, wanted.name.value);
    } else if (node.kind === Kind.UNION_TYPE_DEFINITION) {
      for (const member of node.types ?? []) add(member.name.value, node.name.value);
    }
  }
  return {
    isSubtype: (type, wanted) => type === wanted || supertypes.get(type)?.has(wanted) === true,
    isAbstract: (type) => abstract.has(type),
  };
}
