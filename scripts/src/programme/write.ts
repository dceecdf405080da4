// Versions of rules -> a programme file that people can review: every term with what it means.
import {
  getNamedType,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Places } from './places';
import type { RuleVersion } from './plan';
import { fileName, MONEY, NAMES, type Section, SECTION_OF, SECTIONS, type Vocabulary } from './vocabulary';

export function writeProgramme(
  rules: readonly RuleVersion[],
  vocabulary: Vocabulary,
  places: Places,
  heading: string,
): string {
  const root = new YAMLMap();
  root.add(new Pair(new Scalar('version'), new Scalar('1')));
  for (const section of Object.keys(SECTIONS) as Section[]) {
    const own = rules.filter(({ kind }) => SECTION_OF[kind] === section);
    const items = own.map((rule, i) => ruleNode(rule, section, vocabulary, places, i === 0));
    const key = new Scalar(section);
    key.spaceBefore = true;
    const list = new YAMLSeq();
    list.items = items;
    list.flow = items.length === 0;
    root.add(new Pair(key, section === 'programme' && items.length === 1 ? items[0] : list));
  }
  const document = new Document(root, { schema: 'failsafe' });
  document.commentBefore = heading.replace(/^/gm, ' ');
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function ruleNode(
  rule: RuleVersion,
  section: Section,
  vocabulary: Vocabulary,
  places: Places,
  explain: boolean,
): YAMLMap {
  const node = new YAMLMap();
  const add = (name: string, value: string | null) => {
    if (value !== null) node.add(new Pair(new Scalar(name), new Scalar(value)));
  };
  if (section !== 'programme') add('code', rule.code);
  add('effectiveFrom', rule.effectiveFrom);
  add('effectiveTo', rule.effectiveTo);
  const terms = rule[SECTIONS[section]] ?? {};
  for (const pair of objectNode(vocabulary.terms(section), terms, places, explain).items) node.items.push(pair);
  return node;
}

function objectNode(type: GraphQLInputObjectType, value: object, places: Places, explain: boolean): YAMLMap {
  const node = new YAMLMap();
  for (const field of Object.values(type.getFields())) {
    const of = (value as Record<string, unknown>)[field.name];
    if (of === null || of === undefined) continue;
    const key = new Scalar(fileName(field.name));
    if (explain) key.commentBefore = explanationOf(field);
    node.add(new Pair(key, nodeOf(field.type, of, places, explain)));
  }
  // A few words fit on one line.
  if (!explain) node.flow = node.items.length > 0 && node.items.every(({ value: of }) => of instanceof Scalar);
  return node;
}

function explanationOf({ description, type }: GraphQLInputField): string {
  const named = getNamedType(type);
  const choices = isEnumType(named)
    ? ` ${named
        .getValues()
        .map(({ name }) => name)
        .join(' | ')}`
    : '';
  return ` ${(description ?? '').replaceAll('\n', ' ')}${choices}`;
}

function nodeOf(type: GraphQLInputType, value: unknown, places: Places, explain: boolean): Node {
  if (isNonNullType(type)) return nodeOf(type.ofType, value, places, explain);
  if (isListType(type)) {
    const item = getNamedType(type);
    if (item.name === NAMES) return namesNode(value as { locale: string; name: string }[]);
    const list = new YAMLSeq();
    list.items = (value as unknown[]).map((each) => nodeOf(type.ofType, each, places, false));
    list.flow = list.items.every((each) => each instanceof Scalar);
    return list;
  }
  if (isInputObjectType(type)) {
    if (type.name !== MONEY) return objectNode(type, value as object, places, explain);
    const { amount, currency } = value as { amount: string; currency: string };
    return new Scalar(`${amount} ${currency}`);
  }
  return new Scalar(type.name === 'ID' ? places.codeOf(String(value)) : String(value));
}

function namesNode(names: readonly { locale: string; name: string }[]): YAMLMap {
  const node = new YAMLMap();
  for (const { locale, name } of names) node.add(new Pair(new Scalar(locale), new Scalar(name)));
  return node;
}
