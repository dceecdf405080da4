import * as fc from 'fast-check';
import { decodeJson, encodeJson } from './exact-json';

const key = fc.oneof(fc.string(), fc.constantFrom('$n', '$d', '$', '$$n', '1', '0', 'length'));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt(),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31T00:00:00Z') }),
    fc.array(tie('value')),
    fc.dictionary(key, tie('value'), { noNullPrototype: true }),
  ),
}));

describe('exact JSON', () => {
  it('gives back what it was given', () => {
    fc.assert(fc.property(value, (v) => expect(decodeJson(encodeJson(v))).toEqual(v)));
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(key, value, { noNullPrototype: true }), (object) => {
        const turned = Object.fromEntries(Object.entries(object).reverse());
        expect(encodeJson(turned)).toBe(encodeJson(object));
      }),
    );
  });

  it('tells numbers, texts, whole numbers and instants apart, and leaves out what is undefined', () => {
    const at = new Date('2026-03-10T04:00:00Z');
    const texts = [1, 1n, '1', at, at.toISOString(), { $n: '1' }, { $d: at.toISOString() }, [1], null].map(encodeJson);
    expect(new Set(texts).size).toBe(texts.length);
    expect(encodeJson({ a: 1, b: undefined })).toBe(encodeJson({ a: 1 }));
  });
});
