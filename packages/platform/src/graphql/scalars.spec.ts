import { type GraphQLScalarType, Kind } from 'graphql';
import { CurrencyCodeScalar, DateScalar, DateTimeScalar, DecimalScalar, PointsAmountScalar } from './scalars';

const table: [GraphQLScalarType, accepted: [string, unknown][], refused: unknown[]][] = [
  [
    PointsAmountScalar,
    [
      ['0', 0n],
      ['-5', -5n],
      ['9223372036854775807', 9223372036854775807n],
      ['-9223372036854775808', -9223372036854775808n],
    ],
    [5, 5n, '', ' 5', '1.0', '1e3', '0x10', '9223372036854775808', '-9223372036854775809', null, true, ['1']],
  ],
  [
    DecimalScalar,
    [
      ['123.45', '123.45'],
      ['-0.5', '-0.5'],
      ['1.250', '1.250'],
    ],
    [1.5, '', 'NaN', 'Infinity', '1,5', '1e3', '1.', '9'.repeat(41), null],
  ],
  [CurrencyCodeScalar, [['CNY', 'CNY']], ['cny', 'CN', 'CNYY', '', 156, null]],
  [
    DateTimeScalar,
    [
      ['2026-11-22T10:00:00+08:00', new Date('2026-11-22T02:00:00Z')],
      ['2026-11-22T02:00:00.5Z', new Date('2026-11-22T02:00:00.500Z')],
    ],
    ['2026-11-22', '2026-11-22T10:00:00', '2026-02-30T00:00:00Z', 'now', 1763776800000, null],
  ],
  [
    DateScalar,
    [
      ['2026-11-22', '2026-11-22'],
      ['2028-02-29', '2028-02-29'],
    ],
    ['2026-02-29', '2026-13-01', '2026-1-1', '22.11.2026', 20261122, null],
  ],
];

describe.each(table.map(([scalar, accepted, refused]) => ({ scalar, accepted, refused })))(
  '$scalar',
  ({ scalar, accepted, refused }) => {
    it.each(accepted)('accepts %p', (text, value) => {
      expect(scalar.parseValue(text)).toEqual(value);
      expect(scalar.parseLiteral({ kind: Kind.STRING, value: text })).toEqual(value);
      expect(scalar.parseValue(scalar.serialize(value))).toEqual(value);
    });

    it.each(refused.map((value) => [value]))('refuses %p', (value) => {
      expect(() => scalar.parseValue(value)).toThrow(`${scalar.name} must be`);
    });

    it('refuses a bare number in the document', () => {
      expect(() => scalar.parseLiteral({ kind: Kind.INT, value: '5' })).toThrow(`${scalar.name} must be`);
      expect(() => scalar.parseLiteral({ kind: Kind.FLOAT, value: '5.5' })).toThrow(`${scalar.name} must be`);
    });
  },
);
