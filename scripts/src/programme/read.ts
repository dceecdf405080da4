// A programme file -> versions of rules as the graph takes them. Whatever is wrong is told with its line, all at once.
import { parseInstant } from '@atrium/kernel';
import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import type { Places } from './places';
import { fileName, KIND_OF, MONEY, NAMES, type Section, SECTIONS, type Vocabulary } from './vocabulary';

export interface FileError {
  line: number;
  column: number;
  /** Place in the file, like `earnRules.0.rate`. */
  path: string;
  text: string;
}

/** A version of a rule that the file wants. */
export interface WantedRule {
  section: Section;
  kind: string;
  code: string;
  input: Record<string, unknown>;
  /** Line and place of something inside the rule, by its path in the input. */
  locate(path: readonly string[]): { line: number; column: number; path: string };
}

export interface ReadFile {
  rules: WantedRule[];
  errors: FileError[];
}

type Entry = Pair<Node, Node | null>;
const PATTERNS: Readonly<Record<string, [RegExp, string]>> = {
  Int: [/^-?\d{1,9}$/, 'a whole number'],
  PointsAmount: [/^-?\d{1,19}$/, 'a whole number'],
  Decimal: [/^-?\d+(\.\d+)?$/, 'a decimal number, like 1.5'],
  Boolean: [/^(true|false)$/, 'true or false'],
};

export function readProgramme(text: string, vocabulary: Vocabulary, places: Places): ReadFile {
  const lines = new LineCounter();
  // Every scalar stays the text that stands in the file: no number is rounded, no code loses its zeros.
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, uniqueKeys: true });
  const errors: FileError[] = [];
  const positionOf = (node: Node | null | undefined) => {
    const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const fault = (node: Node | null | undefined, path: readonly string[], what: string): undefined => {
    errors.push({ ...positionOf(node), path: path.join('.'), text: what });
    return undefined;
  };
  for (const error of document.errors) {
    const { line, col } = lines.linePos(error.pos[0]);
    errors.push({ line, column: col, path: '', text: error.message.split('\n')[0]?.replace(/ at line.*$/, '') ?? '' });
  }
  if (errors.length > 0) return { rules: [], errors };
  const plain = (node: Node | null): Node | null => (isAlias(node) ? (node.resolve(document) ?? null) : node);
  const isNothing = (node: Node | null): boolean =>
    node === null || (isScalar(node) && node.value === '' && !node.source);

  function read(type: GraphQLInputType, at: Node | null, parent: Node, path: string[]): unknown {
    const node = plain(at);
    if (isNonNullType(type)) {
      if (isNothing(node)) return fault(at ?? parent, path, 'is needed');
      return read(type.ofType, node, parent, path);
    }
    if (node === null || isNothing(node)) return undefined;
    if (isListType(type)) return readList(type.ofType, node, path);
    if (isInputObjectType(type)) return type.name === MONEY ? readMoney(node, path) : readObject(type, node, path);
    if (!isScalar(node)) return fault(node, path, 'must be a single value');
    const value = String(node.value);
    if (isEnumType(type)) {
      const known = type.getValues().map(({ name }) => name);
      return known.includes(value) ? value : fault(node, path, `must be one of ${known.join(', ')}`);
    }
    return readScalar(type.name, value, node, path);
  }

  function readScalar(type: string, value: string, node: Node, path: string[]): unknown {
    if (type === 'ID') return readPlace(value, node, path);
    if (type === 'DateTime') {
      return (
        parseInstant(value)?.toISOString() ??
        fault(node, path, 'must be an instant with a zone, like 2026-05-01T00:00:00+08:00')
      );
    }
    const [pattern, what] = PATTERNS[type] ?? [/^/, ''];
    if (!pattern.test(value)) return fault(node, path, `must be ${what}`);
    if (type === 'Int') return Number(value);
    return type === 'Boolean' ? value === 'true' : value;
  }

  function readPlace(code: string, node: Node, path: string[]): unknown {
    const isStore = path.includes('store');
    const id = isStore ? places.store(code) : places.merchant(code);
    const form = isStore ? 'MALL/MERCHANT/STORE' : 'MALL/MERCHANT';
    return (
      id ?? fault(node, path, `there is no ${isStore ? 'store' : 'merchant'} ${code}, or more than one; say ${form}`)
    );
  }

  function readMoney(node: Node, path: string[]): unknown {
    const match = isScalar(node) ? /^(-?\d+(?:\.\d+)?) ([A-Z]{3})$/.exec(String(node.value)) : null;
    return match ? { amount: match[1], currency: match[2] } : fault(node, path, 'must be an amount, like 1.00 CNY');
  }

  function readList(type: GraphQLInputType, node: Node, path: string[]): unknown {
    const item = isNonNullType(type) ? type.ofType : type;
    if (isInputObjectType(item) && item.name === NAMES) {
      if (!isMap<Node, Node | null>(node))
        return fault(node, path, 'must be a text for each language, like en: Double week');
      return node.items.map(({ key, value }: Entry) => {
        const locale = String(isScalar(key) ? key.value : '');
        const name = plain(value);
        if (isScalar(name)) return { locale, name: String(name.value) };
        return fault(value ?? key, [...path, locale], 'must be a text');
      });
    }
    if (!isSeq<Node>(node)) return fault(node, path, 'must be a list');
    return node.items.map((each, i) => read(type, each, node, [...path, String(i)]));
  }

  function readObject(
    type: GraphQLInputObjectType,
    node: Node,
    path: string[],
    extra: readonly string[] = [],
  ): Record<string, unknown> | undefined {
    if (!isMap<Node, Node | null>(node)) return fault(node, path, 'must have fields');
    const fields = new Map(Object.values(type.getFields()).map((field) => [fileName(field.name), field]));
    const value: Record<string, unknown> = {};
    for (const { key, value: at } of node.items as Entry[]) {
      const name = String(isScalar(key) ? key.value : '');
      const field = fields.get(name);
      if (!field) {
        if (!extra.includes(name))
          fault(key, [...path, name], `is not known here; known: ${[...extra, ...fields.keys()].join(', ')}`);
        continue;
      }
      value[field.name] = read(field.type, at, key, [...path, name]);
    }
    for (const [name, field] of fields) {
      if (isRequiredInputField(field) && !node.has(name)) fault(node, [...path, name], 'is needed');
    }
    return value;
  }

  function readRule(section: Section, at: Node, path: string[]): WantedRule | undefined {
    const node = plain(at);
    if (!isMap<Node, Node | null>(node)) return fault(at, path, 'must have fields');
    const text = (name: string) => {
      const found = plain((node.get(name, true) as Node | undefined) ?? null);
      return isScalar(found) && found.value !== '' ? { node: found, value: String(found.value) } : null;
    };
    const instant = (name: string, needed: boolean) => {
      const found = text(name);
      if (!found) return needed ? fault(node, [...path, name], 'is needed') : undefined;
      return readScalar('DateTime', found.value, found.node, [...path, name]);
    };
    const kind = KIND_OF[section];
    const own = section === 'programme' ? ['effectiveFrom', 'effectiveTo'] : ['code', 'effectiveFrom', 'effectiveTo'];
    const code = section === 'programme' ? kind : text('code')?.value;
    if (code === undefined) fault(node, [...path, 'code'], 'is needed');
    const [effectiveFrom, effectiveTo] = [instant('effectiveFrom', true), instant('effectiveTo', false)];
    const terms = readObject(vocabulary.terms(section), node, path, own);
    const input = {
      ...(section === 'programme' ? {} : { code }),
      ...{ effectiveFrom, effectiveTo, [SECTIONS[section]]: terms },
    };
    return { section, kind, code: code ?? '', input, locate: (inside) => locate(node, path, inside) };
  }

  /** The deepest node that a path in the input leads to. */
  function locate(rule: YAMLMap, path: readonly string[], inside: readonly string[]) {
    const [first, ...rest] = inside;
    const steps = first !== undefined && Object.values<string>(SECTIONS).includes(first) ? rest : inside;
    let node: Node = rule;
    const found: string[] = [...path];
    for (const step of steps) {
      const here = plain(node);
      let next: Node | null = null;
      if (isMap<Node, Node | null>(here)) {
        const name = fileName(step);
        const pair = here.items.find(({ key }) => isScalar(key) && key.value === name);
        // Names are a list in the input.
        const named = pair ?? (/^\d+$/.test(step) ? here.items[Number(step)] : undefined);
        next = named ? (named.value ?? named.key) : null;
        if (named && isScalar(named.key)) found.push(String(named.key.value));
      } else if (isSeq<Node>(here)) {
        next = here.items[Number(step)] ?? null;
        if (next) found.push(step);
      }
      if (!next) break;
      node = next;
    }
    return { ...positionOf(node), path: found.join('.') };
  }

  const rules: WantedRule[] = [];
  const root = document.contents as Node | null;
  if (!isMap<Node, Node | null>(root)) {
    fault(root, [], 'must have the fields version, programme, earnRules, campaigns, interactions');
    return { rules, errors };
  }
  for (const { key, value } of root.items as Entry[]) {
    const name = String(isScalar(key) ? key.value : '');
    const node = plain(value);
    if (name === 'version') {
      if (!isScalar(node) || node.value !== '1') fault(value ?? key, [name], 'must be 1');
    } else if (!(name in SECTIONS)) {
      fault(key, [name], `is not known here; known: version, ${Object.keys(SECTIONS).join(', ')}`);
    } else if (node !== null && !isNothing(node)) {
      const section = name as Section;
      // One version needs no list.
      const items = isSeq<Node>(node) ? node.items : [node];
      items.forEach((each, i) => {
        const rule = readRule(section, each, isSeq(node) ? [name, String(i)] : [name]);
        if (rule) rules.push(rule);
      });
    }
  }
  if (!root.has('version')) fault(root, ['version'], 'is needed');
  const seen = new Map<string, WantedRule>();
  for (const rule of rules) {
    const name = [rule.kind, rule.code, String(rule.input['effectiveFrom'])].join('\n');
    if (seen.has(name)) {
      const { line, column, path } = rule.locate(['code']);
      errors.push({ line, column, path, text: `${rule.code} begins twice at the same instant` });
    }
    seen.set(name, rule);
  }
  errors.sort((a, b) => a.line - b.line || a.column - b.column);
  return { rules, errors };
}
