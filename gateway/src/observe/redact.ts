/**
 * GraphQL's own refusals quote what the client sent: a phone number in a variable, a name in a literal. The text says
 * what is wrong and where; the value itself goes neither to the answer nor to logs and error trackers behind it.
 */
export function withoutValues(message: string): string {
  const variable = /^Variable "(\$\w+)" got invalid value /.exec(message);
  if (variable !== null) {
    const where = / at "([\w.[\]]+)"; /.exec(message)?.[1] ?? variable[1];
    return `Variable "${variable[1]}" has an invalid value at "${where}".${reason(message)}`;
  }
  return (
    message
      // Int cannot represent non-integer value: "138…"
      .replace(/^(\w+) cannot (represent|parse)[^]*$/, '$1 cannot represent this value.')
      .replace(/^Enum "(\w+)" cannot represent[^]*$/, 'This is no value of the enum "$1".')
      .replace(/^Value [^]* does not exist in "(\w+)" enum\.[^]*$/, 'This is no value of the enum "$1".')
      // Expected value of type "Int!", found "138…".
      .replace(/^(Expected value of type "[\w[\]!]+"), found [^]*$/, '$1.')
      .replace(/^(Syntax Error: (?:Expected .{1,40}, found|Unexpected) (?:String|BlockString|Int|Float))\b[^]*$/, '$1.')
      .replace(/^(Syntax Error: Invalid (?:number|character))[^]*$/, '$1.')
  );
}

/** The end of the message when it is one of those that name only the schema. */
function reason(message: string): string {
  const last = message.slice(message.lastIndexOf('; ') + 2);
  const known = [
    /^Field "\w+" of required type "[\w[\]!]+" was not provided\.$/,
    /^Field "\w+" is not defined by type "\w+"\.$/,
    /^Expected (?:non-nullable )?type "[\w[\]!]+" (?:not to be null|to be an object)\.$/,
  ];
  if (known.some((pattern) => pattern.test(last))) return ` ${last}`;
  const scalar = /^(\w+) cannot represent/.exec(last)?.[1];
  return scalar === undefined ? '' : ` It is no ${scalar}.`;
}
