import { maskPhone } from './mask-phone';

describe('a masked phone', () => {
  it.each([
    ['+8613800138000', '138****8000'],
    ['+442071838750', '+4420****8750'],
    ['+85221234567', '+8522****4567'],
    ['+3721234567', '+372****4567'],
    ['+12345', '+****2345'],
  ])('%s -> %s', (phone, masked) => expect(maskPhone(phone)).toBe(masked));
});
