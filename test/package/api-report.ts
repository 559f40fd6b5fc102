/** The public interface in words: the names that an entry exports, with their declarations as the compiler has them. */
import ts from 'typescript';

/** Everything that an entry's declarations export, in the order of the alphabet, without comments. */
export function apiReport(program: ts.Program, entry: string, besides: readonly string[] = []): string {
  const checker = program.getTypeChecker();
  const exportsOf = (path: string): readonly ts.Symbol[] => {
    const source = program.getSourceFile(path);
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`There is no ${path}. Build first.`);
    return checker.getExportsOfModule(module);
  };
  const resolved = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const elsewhere = new Set(besides.flatMap(exportsOf).map(resolved));
  const printer = ts.createPrinter({ removeComments: true });
  return exportsOf(entry)
    .filter((symbol) => !elsewhere.has(resolved(symbol)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((symbol) => {
      const target = resolved(symbol);
      const declarations = (target.declarations ?? []).map((each) => declared(each, printer)).join('\n');
      return symbol.name === target.name ? `${declarations}\n` : `// ${symbol.name} is\n${declarations}\n`;
    })
    .join('\n');
}

/** A declaration; a constant's is its whole statement. */
function declared(declaration: ts.Declaration, printer: ts.Printer): string {
  const whole = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return printer
    .printNode(ts.EmitHint.Unspecified, whole, declaration.getSourceFile())
    .replace(/^export (declare )?/, '');
}
