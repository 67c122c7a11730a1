/** Measures of this process, for whoever watches over it. */

/** None ever names a person, a doctype or a document, or holds what somebody sent. */
export type Labels = Readonly<Record<string, string>>;

export type Sample = {
  readonly labels?: Labels;
  readonly value: number;
  /** Of a histogram's samples: which part of it this is. */
  readonly part?: 'bucket' | 'sum' | 'count';
};

/** What is measured under one name, in base units: seconds, bytes. A counter's ends in `_total`. */
export type Measure = {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
};
