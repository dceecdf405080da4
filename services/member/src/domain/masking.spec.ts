import { maskCard, shortName } from './masking';

describe('masking', () => {
  it.each([
    ['Wang Xiaoming', 'W**'],
    ['王小明', '王**'],
    [' 𠮷野 ', '𠮷**'],
    ['', ''],
  ])('name %s -> %s', (name, short) => expect(shortName(name)).toBe(short));

  it.each([
    ['8123456789012345', '************2345'],
    ['936', '**6'],
    ['1', '*1'],
  ])('card %s -> %s', (number, masked) => expect(maskCard(number)).toBe(masked));
});
