import {
  INT64_MAX,
  INT64_MIN,
  isCurrencyCode,
  isLocalDate,
  parseInstant,
  parseRational,
  parseWhole,
} from '@atrium/kernel';
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';

const invalid = (what: string) => new GraphQLError(what, { extensions: { code: 'BAD_USER_INPUT' } });

/** A scalar that travels as a string and accepts nothing else, so that no client rounds it. */
function stringScalar<T>(
  name: string,
  description: string,
  parse: (text: string) => T | null,
  print: (value: T) => string,
  hint: string,
) {
  const read = (value: unknown): T => {
    const parsed = typeof value === 'string' ? parse(value) : null;
    if (parsed === null) throw invalid(`${name} must be ${hint}`);
    return parsed;
  };
  return new GraphQLScalarType<T, string>({
    name,
    description,
    serialize: (value) => print(value as T),
    parseValue: read,
    parseLiteral: (node: ValueNode) => read(node.kind === Kind.STRING ? node.value : null),
  });
}

const DECIMAL_MAX_LENGTH = 40;

/** TypeScript: string. */
export const DecimalScalar = stringScalar<string>(
  'Decimal',
  'A decimal number as a string, so that no client rounds it. Example: "123.45".',
  (text) => (text.length <= DECIMAL_MAX_LENGTH && parseRational(text) ? text : null),
  (value) => value,
  'a decimal number in a string, like "123.45"',
);

/** TypeScript: string. */
export const CurrencyCodeScalar = stringScalar<string>(
  'CurrencyCode',
  'ISO 4217, three capitals. Example: "CNY".',
  (text) => (isCurrencyCode(text) ? text : null),
  (value) => value,
  'an ISO 4217 code, like "CNY"',
);

/** TypeScript: bigint. */
export const PointsAmountScalar = stringScalar<bigint>(
  'PointsAmount',
  'A whole number of points or growth value, signed 64-bit, as a string. Example: "1280".',
  (text) => {
    const value = parseWhole(text);
    return value !== null && value >= INT64_MIN && value <= INT64_MAX ? value : null;
  },
  (value) => value.toString(),
  'a whole number in a string, within 64 bits, like "1280"',
);

/** TypeScript: Date. */
export const DateTimeScalar = stringScalar<Date>(
  'DateTime',
  'An instant, ISO 8601 with zone, answered in UTC.',
  (text) => parseInstant(text),
  (value) => value.toISOString(),
  'an ISO 8601 instant with a zone, like "2026-11-22T10:00:00+08:00"',
);

/** TypeScript: string, YYYY-MM-DD. */
export const DateScalar = stringScalar<string>(
  'Date',
  'A calendar day, ISO 8601.',
  (text) => (isLocalDate(text) ? text : null),
  (value) => value,
  'a calendar day, like "2026-11-22"',
);
