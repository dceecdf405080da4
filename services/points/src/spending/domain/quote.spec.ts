import { quoteBasket } from './quote';
import { DEFAULT_PROGRAMME, type SpendTerms } from '../../programme/domain/terms';

const terms: SpendTerms = {
  ...DEFAULT_PROGRAMME.spending,
  conversions: [{ points: 100n, valueMinor: 100n, currency: 'CNY' }],
  minPoints: 500n,
  stepPoints: 100n,
  maxPercentOfEligible: '50',
};

describe('points as payment', () => {
  it.each([
    // 1000 points are 10.00; half of 60.00 would allow 3000
    ['as asked', 1000n, 5000n, [6000n], 1000n, 1000n, ''],
    ['balance, down to a step', 1000n, 830n, [6000n], 800n, 800n, 'BALANCE'],
    // half of 15.99 is 7.99 = 799 points -> 700
    ['half of what is left', 1000n, 5000n, [1599n], 700n, 700n, 'CAP'],
    ['multiples of the step', 1050n, 5000n, [6000n], 1000n, 1000n, 'STEP'],
    ['below the minimum', 400n, 5000n, [6000n], 0n, 0n, 'MINIMUM'],
    // 4.50 is all that half of 9.00 allows: 450 -> 400, below 500
    ['the cap falls below the minimum', 1000n, 5000n, [900n], 0n, 0n, 'CAP'],
    ['none wanted', 0n, 5000n, [6000n], 0n, 0n, ''],
    ['nothing to pay', 1000n, 5000n, [0n], 0n, 0n, 'CAP'],
  ])('%s', (_, requested, available, toPayMinor, points, valueMinor, cutReason) => {
    const quote = quoteBasket(terms, { available, debt: 0n }, { currency: 'CNY', toPayMinor, requested });
    expect(quote).toMatchObject({ points, valueMinor, cutReason });
  });

  it('spreads the value over the lines by largest remainder', () => {
    // 10.00 over 60.00 and 50.00: 545.45 and 454.54 fen; the second has the larger fraction
    const quote = quoteBasket(
      terms,
      { available: 5000n, debt: 0n },
      { currency: 'CNY', toPayMinor: [6000n, 5000n], requested: 1000n },
    );
    expect(quote.lineValuesMinor).toEqual([545n, 455n]);
  });

  it('refuses in debt, in a currency without conversion, and without a programme', () => {
    const basket = { currency: 'CNY', toPayMinor: [6000n], requested: 1000n };
    expect(quoteBasket(terms, { available: 0n, debt: 1n }, basket).cutReason).toBe('DEBT');
    expect(quoteBasket(terms, { available: 5000n, debt: 0n }, { ...basket, currency: 'JPY' }).points).toBe(0n);
    expect(quoteBasket(null, { available: 5000n, debt: 0n }, basket).points).toBe(0n);
  });
});
