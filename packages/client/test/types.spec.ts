import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import * as ts from 'typescript';

const folder = resolve(__dirname, '..');
const SCREENS = join(folder, 'example', 'src', 'screens.ts');
const GRAPH = join(folder, 'src', 'generated', 'graph.ts');

/** What the compiler says of files beside the example's screens, when the graph's types read like this. */
function problems(graph: string, files: Record<string, string>): Map<string, string> {
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), (path) => readFileSync(path, 'utf8'));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const texts = new Map([[GRAPH, graph]]);
  for (const [name, text] of Object.entries(files)) texts.set(join(dirname(SCREENS), name), text);

  const host = ts.createCompilerHost(options);
  const [readFile, fileExists, getSourceFile] = [host.readFile, host.fileExists, host.getSourceFile];
  host.fileExists = (path) => texts.has(resolve(path)) || fileExists.call(host, path);
  host.readFile = (path) => texts.get(resolve(path)) ?? readFile.call(host, path);
  host.getSourceFile = (path, target) => {
    const text = texts.get(resolve(path));
    return text === undefined ? getSourceFile.call(host, path, target) : ts.createSourceFile(path, text, target);
  };
  const said = new Map<string, string>();
  for (const { file, messageText } of ts.getPreEmitDiagnostics(ts.createProgram([...texts.keys()], options, host))) {
    const name = basename(file?.fileName ?? '');
    said.set(name, `${said.get(name) ?? ''}${ts.flattenDiagnosticMessageText(messageText, '\n')}\n`);
  }
  return said;
}

describe('a caller of the graph', () => {
  const graph = readFileSync(GRAPH, 'utf8');
  const screens = readFileSync(SCREENS, 'utf8');
  const changed = (from: string, to: string) => {
    expect(screens).toContain(from);
    return screens.replace(from, to);
  };

  it('compiles when it handles every refusal, and not when it gets its types wrong', () => {
    const said = problems(graph, {
      'right.ts': screens,
      'field.ts': changed('({ node }) => node.claimable', '({ node }) => node.remains'),
      'unhandled.ts': changed('NotFoundError: say,', ''),
      'gone.ts': changed('NotFoundError: say,', 'NotFoundError: say, GoneError: say,'),
      'key.ts': changed('idempotencyKey: key, ', ''),
    });
    expect([...said.keys()].sort()).toEqual(['field.ts', 'gone.ts', 'key.ts', 'unhandled.ts']);
    expect(said.get('field.ts')).toContain("'remains' does not exist");
    expect(said.get('key.ts')).toContain("'idempotencyKey' is missing");
    expect(said.get('unhandled.ts')).toContain("'NotFoundError' is missing");
  });

  it('does not compile any more when the graph has gained a refusal', () => {
    const notFound = /^ {4}'NotFoundError': .*$/m.exec(graph)?.[0] ?? '';
    const grown = graph
      .replace(notFound, `${notFound}\n${notFound.replaceAll('NotFoundError', 'PhoneNotVerifiedError')}`)
      .replace(/('ClaimCouponResult': .*possibleTypes: )/, "$1'PhoneNotVerifiedError' | ")
      .replace(/('UserError': .*possibleTypes: )/, "$1'PhoneNotVerifiedError' | ");
    expect(grown.split('PhoneNotVerifiedError')).toHaveLength(5);
    const said = problems(grown, { 'right.ts': screens });
    expect([...said.keys()]).toEqual(['right.ts']);
    expect(said.get('right.ts')).toContain("'PhoneNotVerifiedError' is missing");
  });
});
