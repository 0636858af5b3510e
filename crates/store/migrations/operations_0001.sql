-- What is not rebuilt from the ledger but backed up: who may sign in, what waits to be sent, what was begun.

create table account (
    person text primary key,
    name text not null unique,
    email text,
    -- A PHC string; null where the person signs in elsewhere.
    password text,
    language text not null,
    -- Given by an identity provider: issuer and subject.
    issuer text,
    subject text,
    made bigint not null,
    closed bigint
);
create unique index account_subject on account (issuer, subject) where issuer is not null;

create table session (
    id_hash text primary key,
    person text not null,
    kind text not null,
    begun bigint not null,
    seen bigint not null,
    authenticated bigint not null,
    stepped_up bigint,
    csrf_seed text not null
);
create index session_person on session (person);

create table token (
    hash text primary key,
    id text not null unique,
    name text not null,
    person text not null,
    -- Names of actions, separated by spaces; empty for all that the person may do.
    scopes text not null,
    made bigint not null,
    expires bigint not null,
    last_used bigint,
    revoked bigint
);
create index token_person on token (person);

create table link (
    hash text primary key,
    person text not null,
    purpose text not null,
    made bigint not null,
    expires bigint not null,
    used bigint
);

create table pending_sign_in (
    state_hash text primary key,
    body text not null,
    expires bigint not null
);

create table failure (
    name text primary key,
    times bigint not null,
    first bigint not null,
    last bigint not null
);

create table webhook (
    id text primary key,
    url text not null,
    -- Secrets, newest first, separated by spaces.
    secrets text not null,
    kinds text not null,
    made bigint not null,
    stopped bigint
);

create table outbox (
    id text primary key,
    -- `mail` or `webhook`.
    channel text not null,
    target text not null,
    body text not null,
    made bigint not null,
    due bigint not null,
    attempts bigint not null,
    -- `waiting`, `sent` or `given-up`.
    state text not null,
    said text
);
create index outbox_due on outbox (state, due);

create table form_draft (
    person text not null,
    name text not null,
    body text not null,
    changed bigint not null,
    primary key (person, name)
);

-- How far something has come, such as which entries were looked at for notices.
create table progress (
    name text primary key,
    value bigint not null
);
