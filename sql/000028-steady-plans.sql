-- A long-lived connection keeps the plan of a function, and a tree may have grown a thousandfold
-- since: what read a page of nodes for each step then reads all of them. The way down a tree is
-- by its index, however small the tree was when somebody first asked.
alter function sys.cells_of(bigint, text, jsonb, int) set enable_seqscan = off;
alter function sys.cells_of(bigint, text, jsonb, int) set enable_hashjoin = off;
alter function sys.cells_of(bigint, text, jsonb, int) set enable_mergejoin = off;
