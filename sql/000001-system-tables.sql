-- The system's own tables. Doctype tables live in schema `doc` and are generated from metadata;
-- a doctype's table can therefore never collide with one of these.
-- {{app}} and {{owner}} are the roles of this installation.

create schema if not exists sys;
create schema doc;
revoke all on schema public from public;
grant usage on schema sys, doc to {{app}};

-- Every doctype that has a table. `cells` is how many cells (combinations of its dimension
-- values) are known; their ids are dense so that they can be positions in a bit string.
create table sys.doctype (
  id int generated always as identity primary key,
  name text not null unique,
  table_name text not null unique,
  definition jsonb not null,
  checksum text not null,
  cells int not null default 0
);

create table sys.field (
  doctype_id int not null references sys.doctype on delete cascade,
  fieldname text not null,
  column_type text not null,
  primary key (doctype_id, fieldname)
);

create table sys.dimension_path (
  doctype_id int not null references sys.doctype on delete cascade,
  position int not null,
  dimension text not null,
  path text not null,
  primary key (doctype_id, position)
);

-- Nodes of tree dimensions, kept by triggers on their doctypes' tables.
create table sys.tree_node (
  dimension text not null,
  value text not null,
  parent text,
  primary key (dimension, value)
);
create index on sys.tree_node (dimension, parent);

-- A cell is one combination of dimension values; null is blank.
create table sys.cell (
  doctype_id int not null references sys.doctype on delete cascade,
  id int not null,
  dimension_values text[] not null,
  primary key (doctype_id, id),
  unique (doctype_id, dimension_values)
);

-- INVARIANT (revoked-means-now): every change to a permission record raises this number in its
-- own transaction, and no decision uses a world compiled at another one.
create table sys.epoch (value bigint not null, changed_at timestamptz not null);
insert into sys.epoch values (1, '-infinity');

create table sys.mac_key (inner_key bytea not null, outer_key bytea not null);

-- What `cell_bits` computed, to be used again while nothing it was made from has changed.
create table sys.access (
  principal text not null,
  action text not null,
  doctype_id int not null references sys.doctype on delete cascade,
  epoch bigint not null,
  cells int not null,
  valid_until timestamptz not null,
  bits bit varying not null,
  primary key (principal, action, doctype_id)
);

create table sys.credential (
  user_name text primary key,
  password_hash text not null,
  changed_at timestamptz not null default now()
);

create table sys.session (
  hash bytea primary key,
  user_name text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  address text,
  agent text
);
create index on sys.session (user_name);
create index on sys.session (expires_at);

create table sys.token (
  id text primary key,
  key text not null unique,
  secret_hash bytea not null,
  user_name text not null,
  label text not null,
  ceiling jsonb,
  cidr cidr,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz
);
create index on sys.token (user_name);

create table sys.series (prefix text primary key, current bigint not null);

-- Identity is never recycled: names of deleted documents.
create table sys.retired_name (
  doctype text not null,
  name text not null,
  retired_at timestamptz not null default now(),
  primary key (doctype, name)
);

grant select on sys.doctype, sys.epoch, sys.retired_name, sys.dimension_path, sys.field to {{app}};
grant select, insert, update, delete on sys.credential, sys.session to {{app}};
grant select, insert, update on sys.token, sys.series to {{app}};
