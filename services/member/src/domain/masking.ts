// What of a person is shown to whom: shop staff and tills recognise a member, they do not learn who she is.

/** FULL for the member herself and for personal-data roles, MASKED for everybody else who may see her at all. */
export type Sight = 'FULL' | 'MASKED';

/** "Wang Xiaoming" -> "W**", "王小明" -> "王**". */
export function shortName(name: string): string {
  const [first = ''] = [...name.trim()];
  return first === '' ? '' : `${first}**`;
}

/** The last digits only: a whole number would let its reader act as the card's holder. */
export function maskCard(number: string): string {
  const shown = number.length > 8 ? 4 : 1;
  return '*'.repeat(Math.max(number.length - shown, 1)) + number.slice(-shown);
}
