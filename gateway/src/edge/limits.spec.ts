import { parse } from 'graphql';
import { measure } from './limits';

describe('the size of an operation', () => {
  it.each([
    ['{ a }', 1, 0],
    ['{ a { b { c } } d }', 3, 0],
    ['{ x: a y: a { z: b } }', 2, 3],
    ['{ a a a { b b } x: a x: a }', 2, 5],
    ['{ a { ...F } } fragment F on T { b { c } }', 3, 0],
    ['{ ...F ...F } fragment F on T { x: b }', 1, 2],
    ['{ a { ... on T { b } ... { c { d } } } }', 3, 0],
    ['{ __schema { types { fields { type { name } } } } a }', 1, 0],
    ['{ s: __schema { t: types { name } } }', 0, 1],
    ['query A { a } query B { x: a { b } }', 2, 1],
    ['{ ...F } fragment F on T { ...G } fragment G on T { a ...F }', 1, 0],
    ['{ ...Unknown }', 0, 0],
    ['fragment F on T { a { b } }', 0, 0],
  ])('%s', (text, depth, aliases) => {
    expect(measure(parse(text))).toEqual({ depth, aliases });
  });
});
