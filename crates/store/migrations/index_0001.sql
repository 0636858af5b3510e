-- The index of the record. All of it follows from entries, payloads and keys, and `dualtrack rebuild` makes it anew.

create table mark (
    name text primary key,
    value bigint not null
);

-- One row a version of a document: the entry that brought it, and the entry that replaced it.
create table document (
    kind text not null,
    id text not null,
    version bigint not null,
    from_entry bigint not null,
    to_entry bigint,
    -- Its place among the documents of its entry.
    position bigint not null,
    -- As JSON; null once it is erased.
    body text,
    -- The digests of the files that it names, as JSON.
    digests text,
    -- The key under which its payload is sealed.
    sealed_under text not null,
    -- The entry that erased it.
    erased_by bigint,
    primary key (kind, id, version)
);
create unique index document_counts on document (kind, id) where to_entry is null;
create index document_sealed on document (sealed_under);
create index document_from on document (from_entry);

-- What documents point at, for as long as the version that says so counts.
create table tie (
    kind text not null,
    id text not null,
    version bigint not null,
    tie text not null,
    to_kind text not null,
    to_id text not null,
    from_entry bigint not null,
    to_entry bigint,
    primary key (kind, id, version, tie, to_kind, to_id)
);
create index tie_to on tie (to_kind, to_id, tie);

-- The entries that changed the record: who did what, when.
create table entry (
    place bigint primary key,
    at bigint not null,
    kind text not null,
    action text not null,
    -- The id of the person; null once it is erased.
    actor text,
    actor_key text,
    erased_by bigint
);
create index entry_at on entry (at);
create index entry_actor on entry (actor_key);

-- Not part of the record: which server may write. A row here is not compared and not rebuilt.
create table lease (
    name text primary key,
    holder text not null,
    beat bigint not null
);
