-- Which versions of documents name a file, by its digest.

create table named_file (
    digest text not null,
    kind text not null,
    id text not null,
    version bigint not null,
    primary key (digest, kind, id, version)
);
create index named_file_by on named_file (kind, id, version);

-- Rows from before know nothing of files. All of them follow from the ledger, and the next start applies it anew.
delete from tie;
delete from document;
delete from entry;
delete from mark;
