// The words of a programme file are those of the graph: its input types say which fields there are, of what type, and what
// they mean. A few are written in a shorter way.
import { type GraphQLClient } from '@atrium/platform/operator';
import {
  buildClientSchema,
  getIntrospectionQuery,
  getNamedType,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLNamedType,
  type GraphQLSchema,
  type IntrospectionQuery,
  isInputObjectType,
  isLeafType,
  isObjectType,
} from 'graphql';

/** Sections of the file, in their order, with the field of the graph that holds their terms. */
export const SECTIONS = {
  programme: 'programme',
  earnRules: 'earn',
  campaigns: 'campaign',
  interactions: 'interaction',
} as const;
export type Section = keyof typeof SECTIONS;
export type TermsField = (typeof SECTIONS)[Section];

export const SECTION_OF: Readonly<Record<string, Section>> = {
  PROGRAMME: 'programme',
  EARN: 'earnRules',
  CAMPAIGN: 'campaigns',
  INTERACTION: 'interactions',
};
export const KIND_OF: Readonly<Record<Section, string>> = {
  programme: 'PROGRAMME',
  earnRules: 'EARN',
  campaigns: 'CAMPAIGN',
  interactions: 'INTERACTION',
};

/** Fields that hold ids in the graph and codes in the file. */
export const FILE_NAMES: Readonly<Record<string, string>> = {
  merchantId: 'merchant',
  merchantIds: 'merchants',
  storeId: 'store',
};
export const fileName = (field: string): string => FILE_NAMES[field] ?? field;

/** Written `1.00 CNY`. */
export const MONEY = 'MoneyInput';
/** A list in the graph, written as `zh-CN: …` and `en: …`. */
export const NAMES = 'PointsRuleNameInput';

export interface Vocabulary {
  /** Type of a section's terms. */
  terms(section: Section): GraphQLInputObjectType;
  /** Everything that a rule can answer about its terms, as a selection. */
  readonly selection: string;
}

export async function readVocabulary(client: GraphQLClient): Promise<Vocabulary> {
  const schema = buildClientSchema(await client.ask<IntrospectionQuery>(getIntrospectionQuery()));
  const version = inputObject(schema, 'PointsRuleVersionInput');
  return {
    terms(section) {
      const field = version.getFields()[SECTIONS[section]] as GraphQLInputField;
      return getNamedType(field.type) as GraphQLInputObjectType;
    },
    selection: Object.values(SECTIONS)
      .map((field) => `${field} ${selectionOf(fieldType(schema, 'PointsRule', field))}`)
      .join(' '),
  };
}

function inputObject(schema: GraphQLSchema, name: string): GraphQLInputObjectType {
  const type = schema.getType(name);
  if (!isInputObjectType(type)) throw new Error(`the graph has no input ${name}: it is older than this command`);
  return type;
}

function fieldType(schema: GraphQLSchema, name: string, field: string): GraphQLNamedType {
  const type = schema.getType(name);
  const found = isObjectType(type) ? type.getFields()[field] : undefined;
  if (!found) throw new Error(`the graph has no ${name}.${field}: it is older than this command`);
  return getNamedType(found.type);
}

function selectionOf(type: GraphQLNamedType): string {
  if (isLeafType(type) || !isObjectType(type)) return '';
  return `{ ${Object.values(type.getFields())
    .map(({ name, type: of }) => `${name} ${selectionOf(getNamedType(of))}`)
    .join(' ')} }`;
}
