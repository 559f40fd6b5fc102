/** Which of our types an entry's declarations mention and the entry does not export: a user could not name them. */
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
 * itself is walked too and not reported: it only says a part of another one. Ours is what lies beside the entry or below.
 */
export function missingExports(program: ts.Program, entry: string): readonly MissingExport[] {
  const checker = program.getTypeChecker();
  const exportsOf = (file: ts.SourceFile): readonly ts.Symbol[] => {
    const module = checker.getSymbolAtLocation(file);
    return module ? checker.getExportsOfModule(module).map(resolved) : [];
  };
  const resolved = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const source = program.getSourceFile(entry);
  if (!source) throw new Error(`There is no ${entry}. Build first.`);
  const ours = source.fileName.slice(0, source.fileName.lastIndexOf('/') + 1);
  const seen = new Set(exportsOf(source));
  const missing: MissingExport[] = [];

  const visit = (node: ts.Node, owner: string): void => {
    const name = mentionedName(node);
    const symbol = name && checker.getSymbolAtLocation(name);
    const type = symbol && resolved(symbol);
    const file = type?.declarations?.[0]?.getSourceFile();
    if (type && file && isOurType(type, file) && !seen.has(type)) {
      seen.add(type);
      if (exportsOf(file).includes(type)) missing.push({ name: type.name, file: file.fileName, mentionedBy: owner });
    }
    ts.forEachChild(node, (child) => visit(child, owner));
  };
  const isOurType = (type: ts.Symbol, file: ts.SourceFile): boolean =>
    (type.flags & ts.SymbolFlags.Type & ~ts.SymbolFlags.TypeParameter) !== 0 && file.fileName.startsWith(ours);
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
