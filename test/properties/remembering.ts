/** What is worked out once for each sample, however many kernels are tried on it. */

type Work<Value> = () => Value;

let around = <Value>(work: Work<Value>): Value => work();

/**
 * Says how to do what must not be left to the kernel on trial: making samples and knowing the
 * right answer, which use some of its words. As long as nobody says, it is simply done.
 */
export function workAsideBy(way: <Value>(work: Work<Value>) => Value): void {
  around = way;
}

/** Does the work so that no kernel on trial has a part in it. */
export function aside<Value>(work: Work<Value>): Value {
  return around(work);
}

/** The same function, which remembers for as long as the sample lives. */
export function remembering<Sample extends object, Value>(
  work: (sample: Sample) => Value,
): (sample: Sample) => Value {
  const known = new WeakMap<Sample, { readonly value: Value }>();
  return (sample) => {
    const found = known.get(sample) ?? { value: aside(() => work(sample)) };
    known.set(sample, found);
    return found.value;
  };
}
