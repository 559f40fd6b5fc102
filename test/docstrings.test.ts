/**
 * Every public name has a docstring: whatever `src/entries/` exports, and the methods, accessors and fields of the classes among
 * it. A docstring begins with a sentence and stands directly above its declaration.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

type Named = ts.Statement | ts.ClassElement;

const hasModifier = (node: ts.Node, ...kinds: readonly ts.SyntaxKind[]): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kinds.includes(kind));

/** Whether a doc comment that says something before its first tag ends on the line above, so that no file's heading counts. */
function isDescribed(node: Named): boolean {
  const text = node.getSourceFile().text;
  const { pos, end } = ts.getLeadingCommentRanges(text, node.getFullStart())?.at(-1) ?? { pos: 0, end: 0 };
  const [, words = ''] = /^\/\*\*([\s\S]*)\*\/$/.exec(text.slice(pos, end)) ?? [];
  const isAdjacent = text.slice(end, node.getStart()).split('\n').length <= 2;
  return isAdjacent && /^[\s*]*[^\s*@]/.test(words);
}

function declaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const { name } = statement as Partial<ts.DeclarationStatement>;
  return name ? [name.text] : [];
}

const isPublic = (member: ts.ClassElement): boolean =>
  member.name !== undefined &&
  !ts.isPrivateIdentifier(member.name) &&
  !hasModifier(member, ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword);

/** The names that entries export, whose declarations are described nowhere; `read` gives a path's text. */
function undocumented(entries: readonly string[], read: (path: string) => string): readonly string[] {
  const files = new Map<string, ts.SourceFile>();
  const statementsOf = (path: string): readonly ts.Statement[] => {
    const file = files.get(path) ?? ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
    files.set(path, file);
    return file.statements;
  };
  const found = new Map<string, readonly Named[]>();
  const add = (path: string, name: string, declarations: readonly Named[]): void => {
    found.set(`${path} ${name}`, [...(found.get(`${path} ${name}`) ?? []), ...declarations]);
  };
  const visit = (path: string, isWanted: (name: string) => boolean): void => {
    for (const statement of statementsOf(path)) {
      if (ts.isExportDeclaration(statement)) {
        const { exportClause: clause, moduleSpecifier: from } = statement;
        const target = from && posix.join(posix.dirname(path), (from as ts.StringLiteral).text);
        if (!target || (clause && ts.isNamespaceExport(clause))) throw new Error(`${path}: ${statement.getText()}`);
        const names = clause?.elements.filter((each) => isWanted(each.name.text));
        const originals = names?.map(({ name, propertyName }) => (propertyName ?? name).text);
        if (originals?.length !== 0) visit(target, originals ? (name) => originals.includes(name) : isWanted);
      } else if (hasModifier(statement, ts.SyntaxKind.ExportKeyword)) {
        const names = declaredNames(statement).filter(isWanted);
        for (const name of names) if (!found.get(`${path} ${name}`)?.includes(statement)) add(path, name, [statement]);
        if (names.length === 0 || !ts.isClassDeclaration(statement)) continue;
        for (const member of statement.members.filter(isPublic)) {
          add(path, `${names[0]}.${(member.name as ts.PropertyName).getText()}`, [member]);
        }
      }
    }
  };
  for (const entry of entries) visit(entry, () => true);
  return [...found].filter(([, declarations]) => !declarations.some(isDescribed)).map(([name]) => name);
}

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

test('every public export and every public member of an exported class has a docstring', () => {
  const entries = readdirSync(`${SRC}entries`).map((name) => `entries/${name}`);
  expect(entries.length).toBeGreaterThan(0);
  expect(undocumented(entries, (path) => readFileSync(`${SRC}${path}`, 'utf8'))).toEqual([]);
});

describe('what lacks a docstring is named', () => {
  const lacking = (text: string, entry = "export * from '../it.ts';"): readonly string[] =>
    undocumented(['entries/core.ts'], (path) => (path === 'it.ts' ? text : entry));

  test.each([
    ['a constant', 'export const a = 1;', 'a'],
    ['a type under a heading', '/** The file. */\n\nexport type a = 1;', 'a'],
    ['a function with an ordinary comment', '// One.\nexport function a() {}', 'a'],
    ['a function of which only errors are said', '/** @throws Error */\nexport function a() {}', 'a'],
    ['a method', '/** One. */\nexport class a {\n  b() {}\n}', 'a.b'],
    ['an accessor', '/** One. */\nexport class a {\n  get b() { return 1; }\n}', 'a.b'],
    ['a field', '/** One. */\nexport class a {\n  readonly b = 1;\n}', 'a.b'],
    ['a static method', '/** One. */\nexport class a {\n  static b() {}\n}', 'a.b'],
  ])('%s', (_, text, name) => expect(lacking(text)).toEqual([`it.ts ${name}`]));

  test.each([
    [
      'described ones',
      '/** One. */\nexport const a = 1;\n\n/**\n * Two.\n * @throws Error\n */\nexport function b() {}',
    ],
    ['private ones', '/** One. */\nexport class a {\n  #b = 1;\n  private c = 1;\n  constructor() {}\n}'],
    ['overloads of a described one', '/** One. */\nexport function a(): void;\nexport function a(b?: 1) {}'],
    ['what is not exported', 'const a = 1;'],
  ])('but not %s', (_, text) => expect(lacking(text)).toEqual([]));

  test('under the name that its own file gives it', () => {
    const text = 'export const a = 1;\nexport const b = 1;';
    expect(lacking(text, "export { a as c } from '../it.ts';")).toEqual(['it.ts a']);
  });
});
