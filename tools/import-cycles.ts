/** Finds groups of files that import each other in a circle, type-only imports counted. */

/**
 * The strongly connected groups of more than one node, or of one that names itself (Tarjan 1972,
 * "Depth-first search and linear graph algorithms"). Each group is sorted.
 */
export function findCycles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const groups: string[][] = [];

  const visit = (node: string): void => {
    order.set(node, order.size);
    let low = order.size - 1;
    stack.push(node);
    onStack.add(node);
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) {
        visit(next);
        low = Math.min(low, lowest.get(next) ?? low);
      } else if (onStack.has(next)) {
        low = Math.min(low, order.get(next) ?? low);
      }
    }
    lowest.set(node, low);
    if (low === order.get(node)) close(node);
  };
  const close = (node: string): void => {
    const group = stack.splice(stack.indexOf(node));
    for (const member of group) onStack.delete(member);
    const namesItself = edges.get(node)?.includes(node) ?? false;
    if (group.length > 1 || namesItself) groups.push(group.sort());
  };

  for (const node of edges.keys()) {
    if (!order.has(node)) visit(node);
  }
  return groups;
}
