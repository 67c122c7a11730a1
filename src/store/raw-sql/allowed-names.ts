/**
 * What a report may call: functions that only compute, none of which changes anything, waits,
 * reads a setting, a file or a catalogue, runs SQL, or makes much out of little.
 */
const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

export const ALLOWED_FUNCTIONS = words(`
  count sum avg min max bool_and bool_or every
  stddev stddev_pop stddev_samp variance var_pop var_samp
  percentile_cont percentile_disc mode
  row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
  abs ceil ceiling floor round trunc sign mod sqrt ln
  lower upper length char_length character_length octet_length
  substr substring left right btrim ltrim rtrim position strpos starts_with split_part concat
  date_trunc date_part extract age make_date to_char to_date timezone now
  jsonb_array_length jsonb_typeof
`);

export const ALLOWED_OPERATORS = words(`
  + - * / % = <> != < > <= >= || ~~ !~~ ~~* !~~* -> ->>
  BETWEEN
`);

/** Types that a value may be cast to, as the parser names them. */
export const ALLOWED_TYPES = words(`
  text varchar bpchar int2 int4 int8 numeric float4 float8 bool
  date timestamp timestamptz time interval jsonb
`);
