import { withoutValues } from './redact';

const SECRET = '13800138000';

describe('withoutValues', () => {
  it.each([
    [
      `Variable "$input" got invalid value "${SECRET}" at "input.phone"; Field "card" of required type "String!" was not provided.`,
      'Variable "$input" has an invalid value at "input.phone". Field "card" of required type "String!" was not provided.',
    ],
    [
      `Variable "$input" got invalid value { phone: "${SECRET}" }; Field "name" is not defined by type "RegisterMemberInput".`,
      'Variable "$input" has an invalid value at "$input". Field "name" is not defined by type "RegisterMemberInput".',
    ],
    [
      `Variable "$n" got invalid value "${SECRET}"; Int cannot represent non-integer value: "${SECRET}"`,
      'Variable "$n" has an invalid value at "$n". It is no Int.',
    ],
    [
      `Variable "$list" got invalid value "${SECRET}" at "list[3].phone"; Expected type "Phone" to be an object.`,
      'Variable "$list" has an invalid value at "list[3].phone". Expected type "Phone" to be an object.',
    ],
    [
      `Variable "$s" got invalid value "${SECRET}"; Value "${SECRET}" does not exist in "Status" enum.`,
      'Variable "$s" has an invalid value at "$s".',
    ],
    [
      `Variable "$n" got invalid value "a\n${SECRET}"; Expected ${SECRET}`,
      'Variable "$n" has an invalid value at "$n".',
    ],
    [`Int cannot represent non 32-bit signed integer value: ${SECRET}`, 'Int cannot represent this value.'],
    [`Enum "Status" cannot represent value: "${SECRET}".`, 'This is no value of the enum "Status".'],
    [`Value "${SECRET}" does not exist in "Status" enum. Did you mean "A"?`, 'This is no value of the enum "Status".'],
    [`Expected value of type "[Int!]!", found "${SECRET}".`, 'Expected value of type "[Int!]!".'],
    [`Expected value of type "Date", found "${SECRET}"; no date`, 'Expected value of type "Date".'],
    [`Syntax Error: Unexpected String "${SECRET}".`, 'Syntax Error: Unexpected String.'],
    [`Syntax Error: Expected Name, found Int "${SECRET}".`, 'Syntax Error: Expected Name, found Int.'],
    [`Syntax Error: Invalid number, expected digit but got: "${SECRET}".`, 'Syntax Error: Invalid number.'],
  ])('%j', (message, expected) => {
    expect(withoutValues(message)).toBe(expected);
  });

  it.each([
    'Cannot query field "balanec" on type "Member".',
    'Field "member" argument "id" of type "ID!" is required, but it was not provided.',
    'Variable "$id" of required type "ID!" was not provided.',
    'Syntax Error: Expected Name, found <EOF>.',
    'This needs the permission points:adjust here.',
  ])('keeps %j', (message) => {
    expect(withoutValues(message)).toBe(message);
  });
});
