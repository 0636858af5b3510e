-- Passkeys: the public half of what a person's device signs with when she signs in.

create table passkey (
    -- The digest of the credential's id.
    hash text primary key,
    id text not null unique,
    -- The credential's id as authenticators know it, in base64url.
    credential text not null,
    person text not null,
    name text not null,
    -- By which the person's authenticators know the account: random, and the same for all of her passkeys.
    handle text not null,
    -- `es256` or `eddsa`, a blank, and the key in base64url.
    public_key text not null,
    -- How often the authenticator says that it signed; 0 where it does not count.
    counter bigint not null,
    made bigint not null,
    last_used bigint
);
create index passkey_person on passkey (person);
