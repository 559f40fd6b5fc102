/** Which of our types an entry's declarations mention and no entry for the same platform exports: a user could not name them. */
import ts from 'typescript';

/** A type that is mentioned and not exported. */
export interface MissingExport {
  readonly name: string;
  /** Where it is declared, and the first declaration that mentions it. */
  readonly file: string;
  readonly mentionedBy: string;
}

/**
 * Walks everything that an entry's declarations export, and in turn what these mention. A type that its own module keeps to
 * itself is walked too and not reported: it only says a part of another one. Ours is what lies in `root`, and what the entries
 * `besides` export can be named too.
 */
export function missingExports(
  program: ts.Program,
  entry: string,
  root: string,
  besides: readonly string[] = [],
): readonly MissingExport[] {
  const checker = program.getTypeChecker();
  const exportsOf = (file: ts.SourceFile): readonly ts.Symbol[] => {
    const module = checker.getSymbolAtLocation(file);
    return module ? checker.getExportsOfModule(module).map(resolved) : [];
  };
  const resolved = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const namesOf = (path: string): readonly ts.Symbol[] => {
    const source = program.getSourceFile(path);
    if (!source) throw new Error(`There is no ${path}. Build first.`);
    return exportsOf(source);
  };
  const seen = new Set(namesOf(entry));
  const elsewhere = new Set(besides.flatMap(namesOf));
  const missing: MissingExport[] = [];

  const visit = (node: ts.Node, owner: string): void => {
    const name = mentionedName(node);
    const symbol = name && checker.getSymbolAtLocation(name);
    const type = symbol && resolved(symbol);
    const file = type?.declarations?.[0]?.getSourceFile();
    if (type && file && isOurType(type, file) && !seen.has(type)) {
      seen.add(type);
      if (exportsOf(file).includes(type) && !elsewhere.has(type))
        missing.push({ name: type.name, file: file.fileName, mentionedBy: owner });
    }
    ts.forEachChild(node, (child) => visit(child, owner));
  };
  const isOurType = (type: ts.Symbol, file: ts.SourceFile): boolean =>
    (type.flags & ts.SymbolFlags.Type & ~ts.SymbolFlags.TypeParameter) !== 0 && file.fileName.startsWith(root);
  // A Set's iteration goes on over what is added meanwhile.
  for (const symbol of seen) {
    for (const declaration of symbol.declarations ?? []) visit(declaration, symbol.name);
  }
  return missing;
}

/** The name that a type's node mentions: `A` in `A<B>`, in `implements A`, and in `import('./a').A`. */
function mentionedName(node: ts.Node): ts.Node | undefined {
  if (ts.isTypeReferenceNode(node)) return node.typeName;
  if (ts.isExpressionWithTypeArguments(node)) return node.expression;
  if (ts.isImportTypeNode(node) && !node.isTypeOf) return node.qualifier;
  return undefined;
}
